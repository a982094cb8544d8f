"""What became of a film, and the record that is kept of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from livegan.dataset.split import Side

LONGEST = 100
"""Bytes of a film's name that its pairs bear: file systems allow 255 for all of it."""

BY_HAND = "removed by hand"


@dataclass(frozen=True)
class FilmReport:
    """What became of one film: pairs by side, frames dropped by reason, or why it was refused.

    ``pairs`` has a row for each frame that was kept: ``file`` (without encoder folder and side),
    ``side``, ``time`` in seconds of the film, ``position`` in samples of its sound.  ``cuts`` are
    the times in seconds at which a new shot begins.  ``held_out`` says that all of it is on the
    side of validation.  ``note`` says what is odd about a film that was used all the same.
    """

    film: str
    sha256: str = ""
    held_out: bool = False
    pairs: tuple[dict[str, Any], ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    cuts: tuple[float, ...] = ()
    note: str = ""
    error: str = ""

    def count(self, side: Side) -> int:
        """Pairs on one side."""
        return sum(pair["side"] == side for pair in self.pairs)

    def left(self, there: Callable[[dict[str, Any]], bool]) -> FilmReport:
        """Without the pairs that are not ``there`` any more; their number is among the dropped."""
        pairs = tuple(pair for pair in self.pairs if there(pair))
        gone = len(self.pairs) - len(pairs)
        if not gone:
            return self
        return replace(self, pairs=pairs, dropped={**self.dropped, BY_HAND: gone})


def place(sha: str, held_out: bool) -> str:
    """Eight letters for a film and its side, wherever it lies and whatever it is called."""
    return hashlib.sha256(f"{sha}\n{held_out}".encode()).hexdigest()[:8]


def stem(path: Path, sha: str, held_out: bool) -> str:
    """What the names of its pairs begin with, and that of its record."""
    name = os.fsencode(path.stem)[:LONGEST].decode("utf-8", "ignore").lstrip(". ")
    return f"{name or 'film'}-{place(sha, held_out)}"


def recorded(record: Path) -> FilmReport:
    """What an earlier run wrote of a film."""
    found = json.loads(record.read_text(encoding="utf-8"))
    rows = {name: tuple(found.get(name, ())) for name in ("pairs", "cuts")}
    return FilmReport(**{**found, **rows})
