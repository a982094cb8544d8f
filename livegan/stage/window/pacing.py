"""Pacing: when the next frame is due. Pure: every call receives the time.

A frame that was late is made good within a small slack, so that the rate does not drift; what was
lost beyond it stays lost, so that a stall, a clock that steps or a machine that slept is followed
by one frame and not by a burst.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class FramePace:
    """When the next frame is due, and what the clock said last; seconds on any clock.

    >>> pace = Pace().at(10.0)
    >>> pace.wait
    0.0
    >>> pace.presented(period=0.5, slack=0.125).at(10.25).wait
    0.25
    """

    due: float = -math.inf
    now: float = -math.inf

    def at(self, now: float) -> FramePace:
        """After a look at the clock. One that went back takes along what is due, so the time left
        to wait is the same; one that is not a number counts as standing still."""
        if not math.isfinite(now):
            return self
        back = max(0.0, self.now - now) if math.isfinite(self.now) else 0.0
        return FramePace(self.due - back, now)

    @property
    def wait(self) -> float:
        """Seconds until the next frame may begin; 0 where it is due."""
        return max(0.0, self.due - self.now)

    def presented(self, period: float, slack: float = 0.0) -> FramePace:
        """After a frame that began at the last look at the clock.

        The next is a ``period`` after this one was due, if this one was late by ``slack`` at most:
        frames are never closer than ``period - slack``, and never further apart for waiting than
        ``period``.
        """
        on_time = self.due if math.isfinite(self.due) else self.now
        due = max(on_time + period, self.now + period - slack)
        return FramePace(min(due, self.now + period), self.now)
