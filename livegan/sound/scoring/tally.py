"""Hits, false alarms and misses, added up over recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STROKE_S = 0.05
BEAT_S = 0.07
"""How far from the annotation a stroke or a beat may be: what MIREX and mir_eval allow."""
TRIM_S = 5.0
"""Beats before this do not count, as in mir_eval."""


@dataclass(frozen=True)
class Tally:
    """``minutes`` of sound in which so many were found rightly, wrongly, and not at all."""

    hits: int = 0
    alarms: int = 0
    misses: int = 0
    minutes: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.hits + other.hits,
            self.alarms + other.alarms,
            self.misses + other.misses,
            self.minutes + other.minutes,
        )

    @property
    def wanted(self) -> int:
        """How many were annotated."""
        return self.hits + self.misses

    @property
    def precision(self) -> float:
        """Share of what was found that was right, 0..1."""
        return self.hits / max(1, self.hits + self.alarms)

    @property
    def recall(self) -> float:
        """Share of what was annotated that was found, 0..1."""
        return self.hits / max(1, self.wanted)

    @property
    def f(self) -> float:
        """The harmonic mean of both, 0..1."""
        return 2 * self.hits / max(1, 2 * self.hits + self.alarms + self.misses)

    @property
    def false_a_minute(self) -> float:
        """False alarms a minute."""
        return self.alarms / max(self.minutes, 1e-9)


def tally(
    found: Sequence[float], wanted: Sequence[float], tolerance: float, seconds: float
) -> Tally:
    """Pair what was found with what was annotated, as many as possible, each once.

    ``found`` and ``wanted`` are rising seconds.
    """
    hits = 0
    i = j = 0
    while i < len(found) and j < len(wanted):
        # A microsecond of room: seconds are written in decimals.
        if abs(found[i] - wanted[j]) <= tolerance + 1e-6:
            hits, i, j = hits + 1, i + 1, j + 1
        elif found[i] < wanted[j]:
            i += 1
        else:
            j += 1
    return Tally(hits, len(found) - hits, len(wanted) - hits, seconds / 60)


def trimmed(times: Sequence[float]) -> list[float]:
    """Beats that count."""
    return [time for time in times if time >= TRIM_S]
