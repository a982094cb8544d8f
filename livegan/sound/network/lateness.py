"""How late the packets of a line come, over the last seconds."""

from __future__ import annotations

from collections import deque

import numpy as np

LEARN = 1.0
"""Seconds for which a line is heard before its sound is played."""
WINDOW = 10.0
"""Seconds that are looked at."""
SHARE = 0.999
"""Of the packets that are to be in time."""
BURST = 0.25
"""Seconds of sound that come at once when a server answers, and are no lateness of its line."""
UNSEEN = 0.35
"""Of what was seen of the late packets: so much later ones are expected from a line that was heard
for a moment only. (In a normal distribution the 99.9 % quantile lies 3.1 deviations above the
middle, and the latest of 50 packets lies 2.3 above it.)"""


class Lateness:
    """Of each packet, when it came less when it begins on the sender's clock, in seconds.

    The two clocks have nothing in common, so only differences of these numbers mean something.
    """

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=20000)
        self._late: deque[float] = deque(maxlen=20000)
        self._worked_out: tuple[float, float, float, float] | None = None
        self.jitter = 0.0
        """Seconds by which the distances of packets differ, on average (RFC 3550, 6.4.1)."""

    def __len__(self) -> int:
        return len(self._late)

    def add(self, arrived: float, late: float) -> None:
        """A packet came."""
        if self._late:
            self.jitter += (abs(late - self._late[-1]) - self.jitter) / 16.0
        self._times.append(arrived)
        self._late.append(late)
        while self._times[0] < arrived - WINDOW:
            self._times.popleft()
            self._late.popleft()

    def clear(self) -> None:
        """Forget all packets."""
        self._times.clear()
        self._late.clear()
        self._worked_out = None

    def forget_burst(self) -> None:
        """Forget the packets that a server had ready when it was asked: they are old, not late.
        If nothing followed them, they are all there is, and are kept."""
        late = np.fromiter(self._late, np.float64)
        if not len(late) or late[0] - late.min() <= BURST:
            return
        last = int(np.argmax(late <= late.min() + 0.4 * BURST))
        if self._times[-1] - self._times[last] < BURST:
            return
        for _ in range(last):
            self._times.popleft()
            self._late.popleft()
        self._worked_out = None

    def seen(self, now: float) -> tuple[float, float, float]:
        """The earliest, the middle and the `SHARE` quantile; worked out ten times a second."""
        done = self._worked_out
        if done is None or not 0.0 <= now - done[0] < 0.1:
            late = np.sort(np.fromiter(self._late, np.float64))
            # The quantile of few is the latest of them.
            high = float(late[min(len(late) - 1, int(SHARE * len(late)))])
            middle = float(late[len(late) // 2])
            span = min(1.0, (self._times[-1] - self._times[0]) / WINDOW)
            high += UNSEEN * (1.0 - span) * (high - middle)
            self._worked_out = done = now, float(late[0]), middle, high
        return done[1:]
