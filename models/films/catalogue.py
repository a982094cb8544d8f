"""Render all the films that livegan's own models learn from.

    python models/films/catalogue.py FOLDER [WORLD ...] --size 512 --fps 4

Films that are already in the folder are left alone.  ``WORLD-val-*.mp4`` are not for training.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from render import composed, render
from worlds import WORLDS

SECONDS = 60.0
TRAINING = (
    ("techno", 1, 0.0),
    ("house", 2, -3.0),
    ("drumandbass", 3, 0.0),
    ("hiphop", 4, -6.0),
    ("ambient", 5, 0.0),
    ("synthpop", 6, -2.0),
    ("rock", 7, 0.0),
    ("dub", 8, -4.0),
    ("techno", 9, -9.0),
    ("house", 10, 0.0),
    ("drumandbass", 11, -6.0),
    ("hiphop", 12, 0.0),
    ("ambient", 13, -12.0),
    ("synthpop", 14, 0.0),
    ("rock", 15, -8.0),
    ("dub", 16, 0.0),
)
"""Style, seed and gain in dB: loud and soft masters, so that loudness itself is learned."""
LOUD = (
    ("techno", 17, 6.0),
    ("house", 18, 9.0),
    ("drumandbass", 19, 6.0),
    ("hiphop", 20, 9.0),
    ("ambient", 21, 9.0),
    ("synthpop", 22, 6.0),
    ("rock", 23, 9.0),
    ("dub", 24, 9.0),
)
"""Above 0 dB a limiter holds them: as loud as records are."""
FIRST = ("nebula", "corridor", "city", "ocean")
"""Worlds whose films are of all songs of `TRAINING`; the others are of half of them, and `LOUD`."""
HELD_OUT = (("house", 101, -2.0), ("drumandbass", 102, 0.0))


def main(
    folder: Annotated[Path, typer.Argument(help="where the films go; made if it does not exist")],
    worlds: Annotated[list[str] | None, typer.Argument(help="which worlds; all by default")] = None,
    size: Annotated[int, typer.Option(min=32, max=2048, help="height and width in pixels")] = 512,
    fps: Annotated[int, typer.Option(min=1, max=100, help="frames a second")] = 4,
) -> None:
    """Render all the films that livegan's own models learn from."""
    unknown = [world for world in worlds or [] if world not in WORLDS]
    if unknown:
        raise typer.BadParameter(f"no world {unknown[0]!r}; there are {', '.join(WORLDS)}")
    folder.mkdir(parents=True, exist_ok=True)
    halves = TRAINING[: len(TRAINING) // 2], TRAINING[len(TRAINING) // 2 :]
    for part, rows in (("val-", HELD_OUT), ("", halves[0]), ("", halves[1]), ("", LOUD)):
        for style, seed, gain in rows:
            missing = {
                world: out
                for world in worlds or list(WORLDS)
                if not (out := folder / f"{world}-{part}{style}-{seed}.mp4").exists()
                and not (rows is LOUD and world in FIRST)
                and not (rows is halves[0] and world not in FIRST)
            }
            if missing:  # composed once for all of them
                samples = composed(style, seed, SECONDS, gain)
            for world, out in missing.items():
                render(world, out, samples, f"{style} {seed}", size=size, fps=fps, quality=10)


if __name__ == "__main__":
    typer.run(main)
