"""Render a film of one of the worlds, drawn from a composed song, with the song as its sound.

    python models/films/render.py nebula --seconds 60 --seed 3 --style techno --out FILM.mp4

Frame n shows the sound up to n/fps seconds; the soundtrack starts with the first frame.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.progress import Progress

from livegan.demo.composer import STYLES, compose
from livegan.film import FilmWriter
from livegan.sound import RATE
from livegan.sound.history import Hearing, RecordedHistory

sys.path.insert(0, str(Path(__file__).parent))
from worlds import WORLDS


def frames(
    world: str, samples: NDArray[np.float32], size: int, fps: int
) -> Iterator[NDArray[np.uint8]]:
    """(size, size, 3) uint8, one after the other."""
    place = WORLDS[world]()
    hearing = Hearing(RecordedHistory.of(samples))
    for number in range(len(samples) * fps // RATE):
        picture = place.draw(hearing.at(number * RATE // fps), size)
        yield np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def writer(out: Path, samples: NDArray[np.float32], *, fps: int, quality: int = 14) -> FilmWriter:
    """What writes a film of flat light and slow motion, with its sound."""
    return FilmWriter(out, fps, samples, crf=quality, preset="medium", tune="animation")


def main(
    world: Annotated[str, typer.Argument(help=", ".join(WORLDS))],
    out: Annotated[Path, typer.Option(help="the film to write")],
    seconds: Annotated[float, typer.Option(min=1, help="length of the film")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="which song")] = 0,
    style: Annotated[str, typer.Option(help="style of the song")] = "techno",
    size: Annotated[int, typer.Option(min=32, max=2048, help="height and width in pixels")] = 256,
    fps: Annotated[int, typer.Option(min=1, max=100, help="frames a second")] = 25,
    gain: Annotated[
        float,
        typer.Option(min=-40, max=20, help="loudness of the song in dB; above 0 it is limited"),
    ] = 0.0,
    quality: Annotated[int, typer.Option(min=0, max=51, help="x264 crf, lower is better")] = 14,
) -> None:
    """Render a film of one of the worlds with a composed song as its sound."""
    problem = (
        f"no world {world!r}; there are {', '.join(WORLDS)}"
        if world not in WORLDS
        else f"no style {style!r}; there are {', '.join(STYLES)}"
        if style not in STYLES
        else f"--size {size}: H.264 needs an even number of pixels"
        if size % 2
        else f"{out.parent} is not a folder; make it first"
        if not out.parent.is_dir()
        else ""
    )
    if problem:
        raise typer.BadParameter(problem)
    samples = composed(style, seed, seconds, gain)
    render(world, out, samples, f"{style} {seed}", size=size, fps=fps, quality=quality)


def composed(style: str, seed: int, seconds: float, gain: float) -> NDArray[np.float32]:
    """(n, 2) float32 at 48 kHz: a song, ``gain`` dB louder; above 0 a soft limiter holds it."""
    samples = compose(style, seed, seconds).samples * np.float32(10 ** (gain / 20))
    return np.tanh(samples) if gain > 0 else samples


def render(
    world: str,
    out: Path,
    samples: NDArray[np.float32],
    title: str,
    *,
    size: int,
    fps: int,
    quality: int = 14,
) -> None:
    """Draw and write one film of (n, 2) ``samples``, with a progress bar under its title.

    A film that is interrupted leaves no file.
    """
    count = len(samples) * fps // RATE
    with Progress() as progress:
        pictures = frames(world, samples, size, fps)
        followed = progress.track(pictures, total=count, description=f"{world}, {title}")
        with writer(out, samples, fps=fps, quality=quality) as film:
            for picture in followed:
                film.write(picture)


if __name__ == "__main__":
    typer.run(main)
