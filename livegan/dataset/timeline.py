"""One clock for a film whose timestamps start over."""

from __future__ import annotations

from dataclasses import dataclass

from livegan.sound.media import GAP

SLACK = 0.1
"""Seconds by which a packet may miss the end of the one before: their lengths are rounded."""

NEAR = 5.0
"""Seconds that sound and picture of one moment lie apart in a file, at most."""


@dataclass
class Part:
    """A stretch of sound whose timestamps go on: ``first`` and ``last`` of them, in seconds."""

    shift: float
    first: float
    last: float


class Timeline:
    """When what a file holds is heard: its timestamps, or where they start over, what sounds then.

    Recordings that were put one behind the other count from zero again in the middle.
    `livegan.sound.media` plays the sound on where timestamps jump by `GAP` or more, back or
    forth, and believes them otherwise.  So do the pictures here: each is moved by as much as the
    sound beside it, and stays in sync with it.
    """

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._end = 0.0
        self._clock = 0.0

    def hear(self, time: float, duration: float) -> None:
        """The next packet of the sound in the file: its timestamp and length in seconds."""
        if not self._parts:
            self._parts.append(Part(0.0, time, time))
            self._end = self._clock = time
        shift = self._parts[-1].shift
        if -GAP <= time - self._clock < GAP:
            shift = 0.0
        elif abs(time - self._end) > SLACK:
            shift = self._clock - time
        if shift != self._parts[-1].shift:
            self._parts.append(Part(shift, time, time))
        part = self._parts[-1]
        part.last = time
        self._end = time + duration
        self._clock = max(self._clock, self._end + shift)
        if len(self._parts) > 1 and part.last - part.first > 2 * NEAR:
            # By now the pictures of earlier ones have been read, too.
            self._parts = [part]

    def knows(self, time: float) -> bool:
        """Whether the sound of about this timestamp was the last to be read."""
        return bool(self._parts) and abs(time - self._parts[-1].last) <= NEAR

    def shift(self, time: float) -> float:
        """Seconds to be added to the timestamp of a picture that was read now."""
        if not self._parts:
            return 0.0
        return min(reversed(self._parts), key=lambda part: abs(time - part.last)).shift
