"""Sound handed from a device's thread to another, without locks or allocation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Fifo:
    """First in, first out, (n, channels) float32: one thread writes, one reads.

    The writer never waits and always has room. A reader that slept too long finds the newest half
    of what the fifo holds: old sound is of no use to a show.
    """

    def __init__(self, frames: int, channels: int) -> None:
        self._store: Array = np.zeros((frames, channels), np.float32)
        self._written = 0
        self._read = 0

    def __len__(self) -> int:
        """Frames waiting."""
        return self._written - self._read

    @property
    def room(self) -> int:
        """Frames that can be written without losing any."""
        return len(self._store) - len(self)

    def write(self, block: Array) -> None:
        """Append a block no longer than the fifo; the count moves after the data."""
        count, size = len(block), len(self._store)
        at = self._written % size
        first = min(count, size - at)
        self._store[at : at + first] = block[:first]
        if count > first:
            self._store[: count - first] = block[first:]
        self._written += count

    def read(self, frames: int | None = None) -> Array:
        """Take the oldest ``frames`` (fewer if there are fewer; all if None), a new array."""
        size = len(self._store)
        # A quarter of the store is left to the writer while this copies.
        if len(self) > size * 3 // 4:
            self._read = self._written - size // 2
        count = len(self) if frames is None else max(0, min(frames, len(self)))
        at = self._read % size
        first = min(count, size - at)
        out: Array = np.empty((count, self._store.shape[1]), np.float32)
        out[:first] = self._store[at : at + first]
        out[first:] = self._store[: count - first]
        self._read += count
        return out
