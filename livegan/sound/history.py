"""Sound up to a moment: what an encoder is given, as a pure function of the past."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP, RATE
from livegan.sound.columns import Columns, identity
from livegan.sound.feature_values import FeatureValues
from livegan.sound.features import FEATURES, INDEX, Rows

if TYPE_CHECKING:
    from livegan.sound.band import Bands

Array = NDArray[np.float32]
Number = TypeVar("Number", bound=np.floating)

PAST_SECONDS = 60
"""How far back an encoder can ask."""

MOST_COLUMNS = 64
"""Questions about columns of sound whose answers are remembered."""


class History(Protocol):
    """Sound since the show began, by absolute index; zeros where there is none."""

    @property
    def position(self) -> int:
        """Samples heard so far."""

    @property
    def hops(self) -> int:
        """Hops analysed so far."""

    def samples(self, start: int, stop: int) -> Array:
        """(stop - start, 2) float32."""

    def features(self, start: int, stop: int) -> Rows:
        """(stop - start, F) float64, a row a hop."""


class RecordedHistory:
    """A whole recording: (n, 2) float32 at 48 kHz, and (n // 480, F) features of it."""

    def __init__(self, samples: Array, features: Rows | Array) -> None:
        if samples.ndim != 2 or samples.shape[1] != 2:
            raise ValueError(f"samples must be (n, 2), not {samples.shape}")
        if features.ndim != 2 or features.shape[1] != len(FEATURES):
            raise ValueError(f"features must be (n, {len(FEATURES)}), not {features.shape}")
        self._samples = np.asarray(samples, np.float32)
        self._features: Rows = np.asarray(features, np.float64)

    @classmethod
    def of(cls, samples: Array, bpm: float | None = None) -> RecordedHistory:
        """Analyse ``samples``, (n, 2) float32 at 48 kHz; ``bpm`` fixes the tempo."""
        from livegan.sound.hearing.analysis import Analyzer

        return cls(samples, Analyzer(bpm).feed(samples))

    @property
    def position(self) -> int:
        """Samples in the recording."""
        return len(self._samples)

    @property
    def hops(self) -> int:
        """Hops analysed."""
        return len(self._features)

    def samples(self, start: int, stop: int) -> Array:
        """Copy of the samples ``start <= i < stop``, zeros outside the recording."""
        return _span(self._samples, start, stop)

    def features(self, start: int, stop: int) -> Rows:
        """Copy of the feature rows ``start <= i < stop``, zeros outside the recording."""
        return _span(self._features, start, stop)


class Hearing:
    """Views of one history, and what was already computed from it.

    >>> import numpy as np
    >>> history = RecordedHistory(np.ones((48000, 2), "f4"), np.zeros((100, 17), "f4"))
    >>> Hearing(history).at(24000).peaks(columns=4, seconds=1.0)
    array([0., 0., 1., 1.], dtype=float32)
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self._columns: dict[Any, Columns] = {}
        self._clock = self._swept = 0
        self._view: Sound | None = None

    @property
    def newest(self) -> int:
        """Position of the newest whole hop that is analysed: the most a frame should ask for."""
        return self.history.hops * HOP

    def at(self, position: int | None = None) -> Sound:
        """The sound up to sample ``position``, rounded down to a whole hop; `newest` if None."""
        position = self.newest if position is None else position // HOP * HOP
        if self._view is None or self._view.position != position:
            self._view = Sound(self, position)
            # The furthest moment seen: views may look at several, and a rehearsal may turn back.
            self._clock = max(self._clock, position)
            if self._clock - self._swept >= RATE:
                self._sweep()
        return self._view

    def columns(self, key: Any, make: Callable[[], Columns]) -> Columns:
        """The remembered columns of ``key``: at most 64 are, those asked for last.

        They are forgotten, too, once the sound has gone on for longer than what was asked of them:
        then the next answer has nothing in common with the last. A key keeps the namespace of a
        ``compute`` alive, which a saved set leaves behind.
        """
        found = self._columns.pop(key, None) or make()
        self._columns[key] = found
        found.asked = self._clock
        while len(self._columns) > MOST_COLUMNS:
            del self._columns[next(iter(self._columns))]
        return found

    def _sweep(self) -> None:
        self._swept = self._clock
        for key, columns in list(self._columns.items()):
            if self._clock - columns.asked > columns.reach:
                del self._columns[key]


class Sound(FeatureValues):
    """The sound up to one moment. Arrays are read-only; equal questions have equal answers."""

    rate = RATE
    hop = HOP

    def __init__(self, hearing: Hearing, position: int) -> None:
        super().__init__()
        self._hearing = hearing
        self._history = hearing.history
        self.position = position
        """Samples since the show began; a whole number of hops."""
        self._last: dict[int, Array] = {}
        self._bands: Bands | None = None

    @property
    def time(self) -> float:
        """Seconds since the show began."""
        return self.position / RATE

    def before(self, position: int) -> Sound:
        """The sound up to an earlier moment, a whole hop."""
        return Sound(self._hearing, position)

    def last(self, seconds: float) -> Array:
        """The newest ``seconds`` of sound, (round(seconds * 48000), 2); zeros before the start."""
        count = _count(seconds, RATE)
        found = self._last.get(count)
        if found is None:
            found = _frozen(self._history.samples(self.position - count, self.position))
            self._last[count] = found
        return found

    def mono(self, seconds: float) -> Array:
        """The mean of both channels, (round(seconds * 48000),)."""
        both = self.last(seconds)
        return _frozen((both[:, 0] + both[:, 1]) * np.float32(0.5))

    def peaks(self, columns: int, seconds: float) -> Array:
        """Largest absolute value of both channels in each column, (columns,), 0..1, newest last.

        Columns lie at whole multiples of their width since the show began, so they keep their
        values while they scroll; only the newest is still growing.
        """
        return self._reduced("peaks", _peaks, columns, seconds)

    def rms(self, columns: int, seconds: float) -> Array:
        """The root mean square of both channels, in columns as for `peaks`."""
        return self._reduced("rms", _rms, columns, seconds)

    def feature(self, name: str, seconds: float) -> NDArray[Any]:
        """The values of a feature, one every 10 ms, newest last, (round(seconds * 100),).

        They are float32, but for ``beats``, which are float64: their count grows all night.
        """
        if name not in INDEX:
            close = difflib.get_close_matches(name, FEATURES, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(FEATURES)}"
            raise ValueError(f"sound has no feature {name!r}; {hint}")
        count = _count(seconds, RATE // HOP)
        end = self.position // HOP
        values = self._history.features(end - count, end)[:, INDEX[name]]
        return _frozen(values.astype(np.float64 if name == "beats" else np.float32))

    def strip(
        self, compute: Callable[[Array], Any], *, window: int, hop: int, columns: int
    ) -> NDArray[Any]:
        """``compute`` for windows that end at whole multiples of ``hop``, newest last.

        ``compute`` is handed (window, 2) float32 and returns an array that is always of one shape;
        each window is computed once and remembered, so it must be a pure function. Functions and
        lambdas written alike, with equal values in their closures, count as the same. Returns
        (columns, ...) float32, or complex64 where ``compute`` gives complex numbers.
        """
        if min(window, hop, columns) < 1:
            raise ValueError(f"strip: {window=}, {hop=} and {columns=} must be 1 or more")
        _count(((columns - 1) * hop + window) / RATE, RATE)

        def rows(first: int, stop: int) -> NDArray[Any]:
            sound = _frozen(self._history.samples((first + 1) * hop - window, stop * hop))
            found = [
                np.asarray(compute(sound[i * hop : i * hop + window])) for i in range(stop - first)
            ]
            if len({row.shape for row in found}) > 1:
                shapes = sorted({row.shape for row in found})
                raise ValueError(f"strip: compute must always return one shape, not {shapes}")
            complex_ = any(np.iscomplexobj(row) for row in found)
            return np.asarray(found).astype(np.complex64 if complex_ else np.float32)

        # Column i is the window that ends with column i.
        stop = self.position // hop
        key = ("strip", identity(compute), window, hop)
        store = self._hearing.columns(key, lambda: Columns(hop, 1))
        return _frozen(store.window(stop - columns, stop, self._final, rows))

    def _reduced(
        self,
        kind: str,
        reduce: Callable[[Array, NDArray[np.int64]], Array],
        columns: int,
        seconds: float,
    ) -> Array:
        width = _count(seconds, RATE)
        if columns < 1 or width < 1:
            raise ValueError(f"{kind}: {columns=} must be 1 or more and {seconds=} above 0")
        common = math.gcd(width, columns)
        over, under = width // common, columns // common
        store = self._hearing.columns((kind, over, under), lambda: Columns(over, under))

        def values(first: int, stop: int) -> Array:
            starts = store.starts(first, stop)
            end = min(self.position, store.end(stop - 1))
            samples = self._history.samples(int(starts[0]), end)
            return reduce(samples, starts[:-1] - starts[0])

        stop = store.containing(self.position - 1) + 1
        return _frozen(store.window(stop - columns, stop, self._final, values))

    def band(self, low: float, high: float) -> float:
        """Loudness between two frequencies in Hz, 0..1, drawn as `low`, `mid` and `high` are."""
        if self._bands is None:
            from livegan.sound.band import Bands

            self._bands = Bands(self)
        return self._bands.loudness(float(low), float(high))

    def _row(self) -> Rows:
        hop = self.position // HOP
        row: Rows = self._history.features(hop - 1, hop)[0]
        return row

    @property
    def _final(self) -> int:
        # Sound that is not heard yet at this moment is not remembered as silence.
        return min(self.position, self._history.position)


def _peaks(samples: Array, starts: NDArray[np.int64]) -> Array:
    loudest = np.maximum(np.abs(samples[:, 0]), np.abs(samples[:, 1]))
    peaks: Array = np.minimum(np.maximum.reduceat(loudest, starts), np.float32(1))
    return peaks


def _rms(samples: Array, starts: NDArray[np.int64]) -> Array:
    left, right = samples[:, 0].astype(np.float64), samples[:, 1].astype(np.float64)
    power = np.add.reduceat(left * left + right * right, starts)
    counts = np.maximum(np.diff(starts, append=len(samples)), 1)
    rms: Array = np.minimum(np.sqrt(power / (2 * counts)), 1.0).astype(np.float32)
    return rms


def _count(seconds: float, rate: int) -> int:
    if not 0 <= seconds <= PAST_SECONDS:
        raise ValueError(
            f"{seconds:g} s of sound asked for; the past is 0 to {PAST_SECONDS} s long"
        )
    return round(seconds * rate)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _span(rows: NDArray[Number], start: int, stop: int) -> NDArray[Number]:
    out = np.zeros((max(0, stop - start), rows.shape[1]), rows.dtype)
    low, high = max(start, 0), min(stop, len(rows))
    if low < high:
        out[low - start : high - start] = rows[low:high]
    return out
