"""Time by a clock that may step, and in a process that may be stopped. Pure: every call receives
what the clock says."""

from __future__ import annotations

import math
from dataclasses import dataclass

from livegan.sound import RATE

ASLEEP = 5.0
"""Seconds without a look at the clock after which the machine was asleep, and the show with it."""


@dataclass(frozen=True)
class ShowClock:
    """Seconds of show time, which never go back.

    >>> clock = ShowClock().at(100.0).at(100.5)
    >>> clock.time, clock.at(7300.5).time, clock.at(3.0).time
    (0.5, 0.5, 0.5)
    >>> clock.at(3.0).at(3.25).time
    0.75
    """

    time: float = 0.0
    now: float = math.nan
    """What the clock said last; not a number before the first look."""

    def at(self, now: float) -> ShowClock:
        """After a look at a clock. What passed since the last look is added, unless it is more
        than `ASLEEP` (a machine that slept, a process that was stopped, a clock that was put
        forward) or negative (one that was put back): then the show goes on from where it was."""
        if not math.isfinite(now):
            return self
        passed = now - self.now
        return ShowClock(self.time + (passed if 0.0 <= passed <= ASLEEP else 0.0), now)

    @property
    def due(self) -> int:
        """Samples that should have been heard by now."""
        return round(self.time * RATE)


UNSEEN = 1.0
"""Seconds without a look after which it was we who were away."""


class Lull:
    """For how long something has said nothing while it was looked at: what a process missed while
    it was stopped itself is nobody's silence."""

    def __init__(self, now: float) -> None:
        self._heard = self._looked = now

    def heard(self, now: float) -> None:
        """It said something; from any thread."""
        self._heard = now

    def seconds(self, now: float) -> float:
        """Seconds of silence, for one thread that asks over and over."""
        if not 0.0 <= now - self._looked <= UNSEEN:
            self._heard = now
        self._looked = now
        return now - self._heard
