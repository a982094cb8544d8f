"""Where in a film a frame of the show is: by the show's time, its speed, and what restarts it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Ends = Literal["loop", "once", "to and fro"]
JUMP = 0.5
"""By how much ``start`` changes within a frame when it starts the film over."""


@dataclass
class FilmClock:
    """The position of a film, exact where the speed is constant: no step is added to another.

    ``begin`` and ``end`` are the part of the film that is played, in seconds.
    """

    begin: float
    end: float
    ends: Ends
    _anchor: tuple[float, float, float] | None = None
    """Show time, played seconds then, and speed since then."""
    _start: float | None = None

    def at(self, now: float, speed: float, start: float | None = None) -> float:
        """Seconds of the film at a time of the show; ``start`` is the signal that restarts it."""
        speed = speed if math.isfinite(speed) else 0.0
        if self._anchor is None:
            self._anchor = (now, 0.0, speed)
        if start is not None:
            if self._start is not None and abs(start - self._start) > JUMP:
                self._anchor = (now, 0.0, speed)
            self._start = start
        since, played, before = self._anchor
        played += (now - since) * before
        if speed != before:
            self._anchor = (now, played, speed)
        return self.folded(played)

    def soon(self, now: float, speed: float, dt: float) -> list[float]:
        """Where it will be in the next two frames, if nothing changes."""
        if self._anchor is None:
            return []
        since, played, _ = self._anchor
        return [self.folded(played + (now + n * dt - since) * speed) for n in (1, 2)]

    def folded(self, played: float) -> float:
        """Seconds of the film after it was played for so long: looped, stopped, or turned back."""
        length = max(self.end - self.begin, 1e-6)
        if self.ends == "once":
            place = min(max(played, 0.0), length)
        elif self.ends == "loop":
            place = played % length
        else:
            place = played % (2 * length)
            place = min(place, 2 * length - place)
        return self.begin + place
