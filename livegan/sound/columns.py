"""Columns of sound that lie still in absolute time, each computed once and remembered."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NEVER = np.iinfo(np.int64).min


class Columns:
    """Columns ``over / under`` samples wide, of which column 0 begins at sample 0.

    The width need not be whole: column ``i`` begins at ``i * over // under``, in integers, so its
    borders never move, however long the show. A column is at least one sample wide. A fixed number
    of values is remembered: twice the most columns that were asked for at once.
    """

    def __init__(self, over: int, under: int) -> None:
        self.over = over
        self.under = under
        self.asked = 0
        """When it was last asked for, in samples; kept by whoever remembers these columns."""
        self._tags: NDArray[np.int64] = np.zeros(0, np.int64)
        self._values: NDArray[Any] | None = None

    @property
    def reach(self) -> int:
        """Samples after which nothing that is remembered now is of use to a `window`."""
        return (len(self._tags) // 2 + 1) * self.over // self.under + 1

    def starts(self, first: int, stop: int) -> NDArray[np.int64]:
        """First sample of each column ``first <= i < stop``, and of column ``stop``."""
        starts: NDArray[np.int64] = np.arange(first, stop + 1, dtype=np.int64) * self.over
        return starts // self.under

    def end(self, column: int) -> int:
        """The sample after the last one of ``column``."""
        start = column * self.over // self.under
        return max((column + 1) * self.over // self.under, start + 1)

    def containing(self, sample: int) -> int:
        """The last column that begins at or before ``sample``."""
        return ((sample + 1) * self.under - 1) // self.over

    def window(
        self, first: int, stop: int, final: int, compute: Callable[[int, int], NDArray[Any]]
    ) -> NDArray[Any]:
        """Values of the columns ``first <= i < stop``, a new array (stop - first, ...).

        ``compute(first, stop)`` is asked for those that are not known. Only columns that end at or
        before the sample ``final`` are remembered: the sound in the others may still come.
        """
        if self._values is None or len(self._tags) < 2 * (stop - first):
            return self._grow(first, stop, final, compute)
        index = np.arange(first, stop, dtype=np.int64)
        slots = index % len(self._tags)
        # A column that is still growing at this moment may be known whole from a later one.
        unknown = (self._tags[slots] != index) | (index >= self._whole(first, stop, final))
        missing = np.flatnonzero(unknown)
        out = self._values[slots]
        if len(missing):
            low, high = first + int(missing[0]), first + int(missing[-1]) + 1
            fresh = compute(low, high)
            if fresh.shape[1:] != out.shape[1:] or not np.can_cast(fresh.dtype, out.dtype):
                return self._grow(first, stop, final, compute)
            out[low - first : high - first] = fresh
            self._remember(low, high, final, fresh)
        return out

    def _grow(
        self, first: int, stop: int, final: int, compute: Callable[[int, int], NDArray[Any]]
    ) -> NDArray[Any]:
        out = compute(first, stop)
        count = max(64, 2 * (stop - first))
        self._tags = np.full(count, _NEVER, np.int64)
        self._values = np.zeros((count, *out.shape[1:]), out.dtype)
        self._remember(first, stop, final, out)
        return out

    def _remember(self, first: int, stop: int, final: int, values: NDArray[Any]) -> None:
        assert self._values is not None
        stop = self._whole(first, stop, final)
        index = np.arange(first, stop, dtype=np.int64)
        slots = index % len(self._tags)
        self._values[slots] = values[: stop - first]
        self._tags[slots] = index

    def _whole(self, first: int, stop: int, final: int) -> int:
        while stop > first and self.end(stop - 1) > final:
            stop -= 1
        return stop


def identity(value: Any) -> Any:
    """A key that is equal for functions that compute the same: same code, same enclosed values.

    So a lambda written inside an encoder, a new object every frame, is recognised. Values that
    cannot be hashed count as equal only to themselves. The key keeps what it names alive.
    """
    if isinstance(value, FunctionType):
        cells = tuple(identity(cell.cell_contents) for cell in value.__closure__ or ())
        defaults = tuple(map(identity, value.__defaults__ or ()))
        keywords = tuple((k, identity(v)) for k, v in (value.__kwdefaults__ or {}).items())
        return value.__code__, Same(value.__globals__), cells, defaults, keywords
    if isinstance(value, functools.partial):
        keywords = tuple((k, identity(v)) for k, v in value.keywords.items())
        return identity(value.func), tuple(map(identity, value.args)), keywords
    if isinstance(value, tuple):
        return tuple(map(identity, value))
    try:
        hash(value)
    except TypeError:
        return Same(value)
    return type(value), value


class Same:
    """Equal only if it holds the very same object."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)
