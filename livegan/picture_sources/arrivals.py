"""When the pictures of a live source came, and whether it counts as away by now."""

from __future__ import annotations

import math
from collections import deque

AWAY = 2.0
"""Seconds without a picture after which a source counts as away."""
SLOWEST = 10.0
"""Likewise of one that was slow all the time, such as a surveillance camera."""
LATE = 2.0
"""A slow source may be late by this share of the time between two of its pictures."""


class Arrivals:
    """Of one source. Times in seconds, by any clock that never goes back.

    >>> source = Arrivals()
    >>> for at in (0.0, 3.0, 6.0):
    ...     source.came(at)
    >>> source.here(11.0), source.here(13.0)
    (True, False)
    """

    def __init__(self) -> None:
        self._last: float | None = None
        self._gaps: deque[float] = deque(maxlen=3)

    def came(self, now: float) -> None:
        """A new picture came."""
        if self._last is not None:
            self._gaps.append(now - self._last)
        self._last = now

    def age(self, now: float) -> float:
        """Seconds since the newest; endless before the first."""
        return math.inf if self._last is None else now - self._last

    def here(self, now: float) -> bool:
        """Whether it still delivers: the slower it was, the longer the next one is waited for."""
        slow = LATE * max(self._gaps, default=0.0)
        return self.age(now) < min(max(AWAY, slow), SLOWEST)
