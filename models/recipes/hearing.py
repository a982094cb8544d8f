"""Teach livegan to hear kicks and snares: make data, train, score, write weights and their card.

    pip install mido tinysoundfont
    python models/recipes/hearing.py WORK

Downloads 0.5 GB of Debian's packages into WORK. Killed and started again it goes on where it was.
"""

# ruff: noqa: E402 (how torch waits is settled before it is loaded)

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from livegan.openmp import wait_asleep

wait_asleep()

import numpy as np
import torch
import typer

from livegan.saving import replacing

sys.path.insert(0, str(Path(__file__).parent))
from drums.exam import marks, set_exam
from drums.kits import kits
from drums.learning import Net, overheard, render, train, weights_of
from drums.mixes import Studio
from drums.music import drumless
from drums.oneshots import pools
from drums.scores import GROOVES
from drums.sources import (
    FONTS,
    HELD_OUT_FONT,
    HELD_OUT_KITS,
    HELD_OUT_MUSIC,
    HELD_OUT_SONGS,
    HELD_OUT_STYLES,
    KITS,
    MUSIC,
    SONGS,
    drum_fonts,
    fetch,
    fonts,
    songs,
)

HEARING = Path(__file__).parents[2] / "livegan" / "sound" / "hearing"


def studio(packages: Path, work: Path, *, test: bool) -> Studio:
    """Where practice mixes are made, or those of the test: of what the others never have."""
    strokes = pools(packages, test)
    for kind, more in kits(drum_fonts(packages, test)).items():
        strokes[kind] += more
    styles = HELD_OUT_STYLES if test else [s for s in GROOVES if s not in HELD_OUT_STYLES]
    return Studio(
        strokes,
        fonts(packages, test),
        songs(packages, test),
        drumless(packages, work, test=test),
        tuple(styles),
    )


def main(
    work: Annotated[Path, typer.Argument(help="folder for packages, mixes and state")],
    shards: Annotated[int, typer.Option(help="of 50 mixes of 12 s each")] = 24,
    minutes: Annotated[float, typer.Option(help="of training, on one core")] = 35.0,
    out: Annotated[Path, typer.Option(help="folder of the weights and their card")] = HEARING,
    only_render: Annotated[bool, typer.Option(help="Stop when the mixes are made.")] = False,
) -> None:
    """Make the weights of the drum detector."""
    packages, mixes = work / "packages", work / "mixes"
    fetch(packages)
    mixes.mkdir(parents=True, exist_ok=True)
    missing = [i for i in range(shards) if not (mixes / f"mixes{i:03}.npz").exists()]
    overhear = mixes / "music.npz"
    if missing or not overhear.exists():
        room = studio(packages, work, test=False)
        if not overhear.exists():
            overheard(room.music, overhear)
        for shard in missing:
            render(room, mixes / f"mixes{shard:03}.npz", shard, 50)
            print(f"{shard + 1} of {shards} shards", flush=True)
    if only_render:
        return
    torch.set_num_threads(1)  # batches this small gain nothing from a second thread
    net = train(mixes, minutes, work / "state.pt")
    write(net, out)
    exam = work / "exam"
    set_exam(studio(packages, work, test=True), exam)
    with replacing(out / "drum_memory.json") as part:
        part.write_text(json.dumps(card(marks(exam)), indent=1) + "\n")


def card(scores: dict[str, dict[str, object]]) -> dict[str, object]:
    """What the weights are, what they learned from, and how good they are."""
    return {
        "name": "drum_memory",
        "title": "Kicks, snares, toms and cymbals in the bands of livegan.sound.hearing.bands",
        "recipe": "models/recipes/hearing.py",
        "licence": "MIT",
        "data": {
            "strokes": KITS,
            "soundfonts": FONTS,
            "midi": SONGS,
            "music": MUSIC,
            "licences": "each Debian package's own: see its /usr/share/doc/*/copyright",
        },
        "held_out": {
            "kits": HELD_OUT_KITS,
            "soundfont": HELD_OUT_FONT,
            "midi": HELD_OUT_SONGS,
            "music": HELD_OUT_MUSIC,
            "styles": HELD_OUT_STYLES,
        },
        "scores": scores,
    }


def write(net: Net, folder: Path) -> None:
    """The weights, half precision."""
    with replacing(folder / "drum_memory.npz") as part:
        np.savez_compressed(part, **weights_of(net))


if __name__ == "__main__":
    typer.run(main)
