"""Twos of pairs around strokes: what a world looks like just before a stroke, and just after it.

Films at four pictures a second seldom catch both, and what else moves in a quarter of a second is
more than what the stroke does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from livegan.dataset.condition import Conditions, drawing
from livegan.dataset.pairs import png, write
from livegan.sound import HOP, RATE
from livegan.sound.features import INDEX
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.media import decode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "films"))
from worlds import WORLDS

STRUCK = 0.3
"""So much the onset or the kick feature, 0..1, rises at a stroke."""
BEFORE, AFTER = (0.02, 0.05), (0.02, 0.09)
"""How long before and after a stroke its two pictures are, seconds: at least, at most."""


def strokes(
    world: str,
    encoder: str,
    films: Sequence[Path],
    pairs: Path,
    out: Path,
    *,
    size: int,
    each: int = 40,
    progress: Callable[[str], None] = lambda film: None,
) -> Path:
    """A data set in ``out``: ``each`` strokes of every film as twos, and as many of ``pairs``.

    The two of a stroke follow each other by name, as `Recipe.change` takes them.  What was drawn
    by an earlier call is kept.
    """
    (out / "train").mkdir(parents=True, exist_ok=True)
    for film in films:
        if not (done := out / f"{film.stem}.done").exists():
            _draw(world, encoder, film, out / "train", size, each)
            done.touch()
        progress(film.stem)
    drawn = sum("-stroke-" in file.name for file in (out / "train").iterdir())
    others = sorted((pairs / "train").iterdir())
    chosen = np.random.default_rng(1).permutation(len(others) // 2)[: drawn // 2]
    for first in sorted(2 * chosen):
        for file in others[first : first + 2]:
            _link(file, out / "train" / file.name)
    (out / "val").mkdir(exist_ok=True)
    for file in (pairs / "val").iterdir():
        _link(file, out / "val" / file.name)
    return out


def _draw(world: str, encoder: str, film: Path, out: Path, size: int, each: int) -> None:
    sound = decode(film)
    hearing = Hearing(RecordedHistory.of(sound))
    place = WORLDS[world]()
    conditions = Conditions(sound, [drawing(encoder)], size)
    heard = conditions.features[:, [INDEX["onset"], INDEX["kick"]]]
    rises = np.diff(heard, axis=0, prepend=0).max(axis=1)
    found = np.flatnonzero(rises > STRUCK)
    found = found[(found > 2 * RATE // HOP) & (found < len(heard) - RATE // HOP)]
    rng = np.random.default_rng(len(found))
    for stroke in rng.permutation(found)[:each]:
        for side, (least, most), sign in (("a", BEFORE, -1), ("b", AFTER, 1)):
            moment = stroke * HOP + int(sign * rng.uniform(least, most) * RATE)
            position = moment // HOP * HOP
            picture = np.clip(place.draw(hearing.at(position), size), 0, 1)
            truth = np.round(picture * 255).astype(np.uint8)
            pair = np.concatenate([conditions.at(position)[0], truth], axis=1)
            write(out / f"{film.stem}-stroke-{stroke:06d}-{side}.png", png(pair))


def _link(file: Path, to: Path) -> None:
    if not to.exists():
        os.link(file, to)
