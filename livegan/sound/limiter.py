"""A limiter: what goes to loudspeakers stays below full scale, without a click and without a jump.

The gain is found for whole hops, so that the same sound is limited alike by whoever asks: the room,
the film of a rehearsal, the recording of a show. At the border of two hops it is what the louder
one needs; between borders it is a straight line; it comes back in a straight line over 150 ms.
(Peak limiting with look-ahead: Zölzer, DAFX, 2nd edition, section 4.2.2.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP

Array = NDArray[np.float32]

CEILING = 0.89
"""The largest sample that comes out: 1 dB below full scale, for converters that overshoot."""
RELEASE_HOPS = 15
MEMORY = RELEASE_HOPS + 2
"""Hops before one on which its gain depends."""


class Limiter:
    """Limits hop after hop, one hop late: the next one has to be known."""

    def __init__(self) -> None:
        self._held: Array = np.zeros((HOP, 2), np.float32)
        self._needs: deque[float] = deque([1.0] * (RELEASE_HOPS + 2), RELEASE_HOPS + 2)
        self._gain = 1.0

    def step(self, hop: Array) -> Array:
        """Take a hop, (480, 2), and give the one before it, limited."""
        peak = float(np.abs(hop).max())
        self._needs.append(CEILING / peak if peak > CEILING else 1.0)
        needs = list(self._needs)
        # At each border what both hops need; what it was further back counts less and less.
        gain = min(
            min(needs[-1 - i], needs[-2 - i]) * (1 - i / RELEASE_HOPS) + i / RELEASE_HOPS
            for i in range(RELEASE_HOPS + 1)
        )
        if gain == self._gain == 1.0:
            out = self._held
        else:
            line = np.linspace(self._gain, gain, HOP, dtype=np.float32)[:, None]
            out = np.clip(self._held * line, -CEILING, CEILING)
        self._held, self._gain = hop, gain
        return out


def limited(read: Callable[[int, int], Array], start: int, stop: int) -> Array:
    """``read(start, stop)`` limited, (stop - start, 2): the same whatever part is asked for.

    ``read`` gives samples by absolute index, zeros where there are none.
    """
    first, last = start // HOP, -(-stop // HOP)
    begin = first - MEMORY
    sound = read(begin * HOP, (last + 1) * HOP)
    if float(np.abs(sound).max(initial=0.0)) <= CEILING:
        return sound[start - begin * HOP : stop - begin * HOP]
    limiter = Limiter()
    hops = [limiter.step(sound[at : at + HOP]) for at in range(0, len(sound), HOP)]
    out = np.concatenate(hops[1:])  # each is one late
    return out[start - begin * HOP : stop - begin * HOP]
