"""Where a decoded frame belongs on its sender's count of samples. Pure."""

from __future__ import annotations

from fractions import Fraction

ROUNDED = 0.005
"""Seconds by which times that are not counted in samples may be off: those of FLV are in
milliseconds, of MPEG-TS in 1/90 of them."""
JUMP = 5.0
"""Seconds by which a count that goes on does not jump."""
BACK = 0.5
"""Likewise, backwards."""
AGREE = 3
"""Frames in a row that say the same, before a jump is believed: one may be damaged."""


class MediaClock:
    """The count of samples of one sender, from the times that its frames carry."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._zero = Fraction(0)
        self._rate = 0
        self._epoch = self._strange = 0

    def place(
        self, pts: int | None, base: Fraction | None, rate: int, count: int
    ) -> tuple[int, int] | None:
        """The first sample of a frame of ``count`` samples, and the epoch of the count; None if
        its time is damaged. ``pts`` is its time in units of ``base`` seconds, if it has one."""
        time = None if pts is None or base is None else pts * base
        if self._next is None or rate != self._rate:
            return self._begin(time, rate, count)
        at = self._next
        if time is not None:
            said = round((time - self._zero) * rate)
            exact = base == Fraction(1, rate)
            if not -BACK * rate <= said - at <= JUMP * rate:
                self._strange += 1
                return self._begin(time, rate, count) if self._strange >= AGREE else None
            if abs(said - at) > (0 if exact else ROUNDED * rate):
                at = said
        self._strange = 0
        self._next = at + count
        return at, self._epoch

    def _begin(self, time: Fraction | None, rate: int, count: int) -> tuple[int, int]:
        self._epoch += self._next is not None
        self._zero = time if time is not None else Fraction(0)
        self._rate, self._next, self._strange = rate, count, 0
        return 0, self._epoch
