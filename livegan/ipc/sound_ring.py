"""The last minute of sound and its features, in memory that two processes share."""

from __future__ import annotations

import contextlib
import hashlib
import time
from multiprocessing.shared_memory import SharedMemory
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.shared_memory import attach_memory, create_memory, fence, remove_memory
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, Rows

Array = NDArray[np.float32]
Number = TypeVar("Number", bound=np.floating)

MAGIC = 0x6C69766567616E04
HEADER = 64
# Header words. "Claimed" moves before data are written and "position" after, so that a reader knows
# both what is there and what may be changing under its hands.
_MAGIC, _SAMPLES, _HOPS, _COLUMNS, _POSITION, _CLAIMED, _HOPS_DONE, _HOPS_CLAIMED = range(8)
_CAME, _ANALYSED = 8, 9  # nanoseconds of `time.monotonic_ns`, of the newest hop

SLACK_SECONDS = 4
"""Kept beyond `seconds`, so that a reader this late still finds all of them."""


def ring_of(main: str, key: str) -> str:
    """The name of the ring of one more sound of a show, from that of its main ring.

    Short, as macOS has room for 30 characters.  Whoever needs it finds it without being told: an
    engine that starts, one that stands by, a guest of the stage.
    """
    digest = hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=3)
    return f"{main}-{digest.hexdigest()}"


class SoundRing:
    """Sound and features of the last seconds: one writer, many readers, no locks.

    Made by `create` in the process that hears and by `attach` elsewhere. Positions are absolute:
    they count samples (or hops) since the show began.
    """

    def __init__(self, memory: SharedMemory, owner: bool) -> None:
        self._memory = memory
        self._open = True
        self._owner = owner
        self.name: str = memory.name
        """What `attach` needs."""
        header: NDArray[np.int64] = np.ndarray(HEADER, np.int64, memory.buf)
        if header[_MAGIC] != MAGIC or header[_COLUMNS] != len(FEATURES):
            del header
            memory.close()
            raise ValueError(f"shared memory {self.name!r} is not a sound ring of this livegan")
        self._header = header
        self._shape = header[:_POSITION].copy()
        self._written: dict[int, int] = {}
        self._wrote = 0
        self.capacity: int = int(header[_SAMPLES])
        """Samples kept."""
        self._hop_capacity = int(header[_HOPS])
        begin = HEADER * 8
        self._sound: Array = np.ndarray((self.capacity, 2), np.float32, memory.buf, begin)
        self._rows: Rows = np.ndarray(
            (self._hop_capacity, len(FEATURES)), np.float64, memory.buf, begin + self._sound.nbytes
        )

    @classmethod
    def create(cls, seconds: float = 60, name: str = "", hops_before: int = 0) -> SoundRing:
        """A new ring that keeps at least ``seconds``; the caller owns it and unlinks it.

        ``name`` is its own choice otherwise: see `ring_of`.  One that is made in the middle of a
        show begins after ``hops_before`` hops, which are silent.
        """
        hops = max(1, round((seconds + SLACK_SECONDS) * RATE / HOP))
        samples = hops * HOP
        size = HEADER * 8 + samples * 2 * 4 + hops * len(FEATURES) * 8
        memory = create_memory(size, name=name)
        header: NDArray[np.int64] = np.ndarray(HEADER, np.int64, memory.buf)
        header[[_SAMPLES, _HOPS, _COLUMNS]] = samples, hops, len(FEATURES)
        header[[_POSITION, _CLAIMED]] = hops_before * HOP
        header[[_HOPS_DONE, _HOPS_CLAIMED]] = hops_before
        fence()
        header[_MAGIC] = MAGIC  # last: another process may look for it by name already
        del header
        return cls(memory, owner=True)

    @classmethod
    def attach(cls, name: str) -> SoundRing:
        """The ring of that name, made by another process; ``FileNotFoundError`` if it is gone."""
        return cls(attach_memory(name), owner=False)

    @property
    def position(self) -> int:
        """Samples written so far."""
        return int(self._words()[_POSITION])

    @property
    def hops(self) -> int:
        """Hops analysed so far; ``hops * 480 <= position``."""
        return int(self._words()[_HOPS_DONE])

    @property
    def came(self) -> tuple[float, float]:
        """When the newest hop was written and when its features were, in seconds of
        `time.monotonic`; 0 before the first."""
        words = self._words()
        return int(words[_CAME]) / 1e9, int(words[_ANALYSED]) / 1e9

    def write(self, block: Array) -> None:
        """Append sound: (n, 2) float32, any n. The position moves after the data."""
        self._wrote = time.monotonic_ns()
        self._append(self._words(), self._sound, _POSITION, _CLAIMED, block)

    def write_features(self, rows: Rows | Array) -> None:
        """Append features: (n, F) float64, one row a hop, columns as in `FEATURES`."""
        self._words()[[_CAME, _ANALYSED]] = self._wrote, time.monotonic_ns()
        self._append(self._words(), self._rows, _HOPS_DONE, _HOPS_CLAIMED, rows)

    def samples(self, start: int, stop: int) -> Array:
        """Copy of the samples ``start <= i < stop``, (stop - start, 2) float32.

        Zeros before 0, after the end, and where the sound has been overwritten.
        """
        return self._copy(self._words(), self._sound, _POSITION, _CLAIMED, start, stop)

    def features(self, start: int, stop: int) -> Rows:
        """Copy of the feature rows of the hops ``start <= i < stop``, (stop - start, F) float64."""
        return self._copy(self._words(), self._rows, _HOPS_DONE, _HOPS_CLAIMED, start, stop)

    def close(self) -> None:
        """Let go of the memory; closing twice is harmless."""
        if not self._open:
            return
        self._open = False
        self._header = np.zeros(0, np.int64)
        self._sound, self._rows = np.zeros((0, 2), np.float32), np.zeros((0, 2))
        # Another thread may be copying at this moment: then the memory goes with this object.
        with contextlib.suppress(BufferError):
            self._memory.close()

    def unlink(self) -> None:
        """Close, and destroy the memory if this ring created it; twice is harmless."""
        self.close()
        if self._owner:
            self._owner = False
            remove_memory(self.name)

    def __enter__(self) -> SoundRing:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unlink()

    def _words(self) -> NDArray[np.int64]:
        if not self._open:
            raise ValueError("the sound ring is closed")
        return self._header

    def _append(
        self,
        header: NDArray[np.int64],
        store: NDArray[Any],
        done: int,
        claimed: int,
        new: NDArray[Any],
    ) -> None:
        if new.ndim != 2 or new.shape[1] != store.shape[1]:
            raise ValueError(f"expected (n, {store.shape[1]}) {store.dtype}, got {new.shape}")
        capacity = len(store)
        # Not what the header says, and all of that anew: code of a set may have written over it,
        # and no engine could attach again.
        position = self._written.setdefault(done, int(header[done]))
        header[:_POSITION] = self._shape
        self._written[done] = end = position + len(new)
        header[claimed] = end
        fence()
        new = new[-capacity:]
        at = (end - len(new)) % capacity
        first = min(len(new), capacity - at)
        store[at : at + first] = new[:first]
        store[: len(new) - first] = new[first:]
        fence()
        header[done] = end

    def _copy(
        self,
        header: NDArray[np.int64],
        store: NDArray[Number],
        done: int,
        claimed: int,
        start: int,
        stop: int,
    ) -> NDArray[Number]:
        out = np.zeros((max(0, stop - start), store.shape[1]), store.dtype)
        capacity = len(store)
        end = int(header[done])
        low, high = max(start, 0, int(header[claimed]) - capacity), min(stop, end)
        if low >= high:
            return out
        fence()
        at = low % capacity
        first = min(high - low, capacity - at)
        out[low - start : low - start + first] = store[at : at + first]
        out[low - start + first : high - start] = store[: high - low - first]
        fence()
        # The writer may have come round while this was copied: what it claimed is not sound.
        lost = int(header[claimed]) - capacity
        if lost > low:
            out[: min(lost, stop) - start] = 0
        return out
