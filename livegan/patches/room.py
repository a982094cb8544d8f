"""What the room hears: patches with ``heard=True``, added up, with 50 ms between all and nothing.

The room, the recording of a show and the film of a rehearsal ask the same; a limiter follows
(`livegan.sound.limiter`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP

Array = NDArray[np.float32]
Read = Callable[[str, int, int], Array]
"""The samples of the patch of a key, by absolute index: (stop - start, 2), zeros where there are
none."""

STEP = 0.2
"""Of a hop: five hops from nothing to all."""
KEPT = 64
"""Changes that are remembered: those that are over 2 minutes old do not matter."""


class RoomMix:
    """Which patches are heard, and since when."""

    def __init__(self) -> None:
        self._changes: list[tuple[int, frozenset[str]]] = [(0, frozenset())]

    def hear(self, keys: Iterable[str], hop: int) -> None:
        """From this hop on, these and no others are heard. Hops never go back."""
        wanted = frozenset(keys)
        if wanted != self._changes[-1][1]:
            self._changes = [*self._changes, (hop, wanted)][-KEPT:]

    @property
    def silent(self) -> bool:
        """Whether nothing was ever heard."""
        return len(self._changes) == 1

    @property
    def keys(self) -> frozenset[str]:
        """Those that are heard now."""
        return self._changes[-1][1]

    def gain(self, key: str, hop: int) -> float:
        """How loud a patch is at the start of a hop, 0..1."""
        now, target, since = 0.0, 0.0, 0
        for begin, keys in (*self._changes, (hop, frozenset())):
            moved = STEP * max(0, min(begin, hop) - since)
            now = min(target, now + moved) if target else max(target, now - moved)
            if begin >= hop:
                break
            target, since = float(key in keys), begin
        return round(now, 6)

    def mix(self, read: Read, start: int, stop: int) -> Array:
        """The patches from sample ``start`` to ``stop``, (stop - start, 2), added up."""
        first, last = start // HOP, -(-stop // HOP)
        total: Array = np.zeros(((last - first) * HOP, 2), np.float32)
        keys = sorted({key for _, wanted in self._changes for key in wanted})
        for key in keys:
            gains = [self.gain(key, hop) for hop in range(first, last + 1)]
            if not any(gains):
                continue
            sound = read(key, first * HOP, last * HOP)
            if min(gains) < 1.0:
                at = np.arange(len(sound)) / HOP
                sound = sound * np.interp(at, range(len(gains)), gains).astype(np.float32)[:, None]
            total = total + sound
        return total[start - first * HOP : stop - first * HOP]
