"""The analysis of a whole recording, however long, as numbers that can be printed."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, INDEX, Rows
from livegan.sound.hearing.bands import Array

if TYPE_CHECKING:
    from livegan.sound.hearing.analysis import Event

_CHUNK = 100 * HOP
_CURVES = ("level", "low", "mid", "high", "centroid", "onset", "kick", "snare")
_KINDS = ("kick", "snare", "onset")


@dataclass(frozen=True)
class Analysis:
    """What a show hears in a recording.

    ``duration`` is in seconds, ``events`` are the attacks in it. A value of each feature is kept
    for every hop: 50 bytes for 4 kB of sound.
    """

    duration: float
    events: tuple[Event, ...]
    _values: array[float]
    _beats: array[float]

    @property
    def hops(self) -> int:
        """Hops in the recording; the last one may be filled up with silence."""
        return len(self._beats)

    def curve(self, name: str) -> Rows:
        """(hops,) float64: the values of a feature, one a hop."""
        if name == "beats":
            return np.frombuffer(self._beats, np.float64)
        rows = np.frombuffer(self._values, np.float32).reshape(self.hops, len(FEATURES))
        return rows[:, INDEX[name]].astype(np.float64)

    @property
    def bpm(self) -> float:
        """The tempo, in beats per minute: the median over the second half."""
        return round(float(np.median(self.curve("bpm")[self.hops // 2 :])), 2) if self.hops else 0.0

    def times(self, kind: str) -> list[float]:
        """Seconds of the beats, or of the attacks of a kind: "kick", "snare", "onset"."""
        if kind == "beat":
            return beat_times(self.curve("beats"))
        return [round(event.time_s, 4) for event in self.events if event.kind == kind]

    def items(self) -> Iterator[tuple[str, Any]]:
        """What `analyze` returns, one entry after the other."""
        yield "hop_s", HOP / RATE
        yield "duration_s", round(self.duration, 4)
        yield "bpm", self.bpm
        yield "beats", self.times("beat")
        for kind in _KINDS:
            yield f"{kind}s", self.times(kind)
            found = [event for event in self.events if event.kind == kind]
            yield f"{kind}s_reported", [round(event.reported_s, 4) for event in found]
        for name in _CURVES:
            yield name, [round(value, 4) for value in self.curve(name).tolist()]
        yield "bpm_curve", [round(value, 2) for value in self.curve("bpm").tolist()]
        yield "beats_curve", [round(value, 4) for value in self.curve("beats").tolist()]


def hear(blocks: Iterable[Array], *, bpm: float | None = None) -> Analysis:
    """Analyse blocks of sound, (n, 2) float32 at 48 kHz, the way a show would hear them."""
    from livegan.sound.hearing.analysis import Analyzer

    struck: list[Event] = []
    analyzer = Analyzer(bpm, struck.append)
    values, beats = array("f"), array("d")
    samples = 0

    def feed(block: Array) -> None:
        rows = analyzer.feed(block)
        values.frombytes(rows.astype(np.float32).tobytes())
        beats.frombytes(np.ascontiguousarray(rows[:, INDEX["beats"]]).tobytes())

    for block in blocks:
        samples += len(block)
        for start in range(0, len(block), _CHUNK):
            feed(block[start : start + _CHUNK])
    # Attacks in the last moments are known only later: listen on for a little while.
    rest = -samples % HOP
    feed(np.zeros((rest + 10 * HOP, 2), np.float32))
    hops = (samples + rest) // HOP
    del values[hops * len(FEATURES) :], beats[hops:]
    duration = samples / RATE
    events = tuple(event for event in struck if event.time_s < duration)
    return Analysis(duration, events, values, beats)


def analyze(samples: Array, *, bpm: float | None = None) -> dict[str, Any]:
    """Analyse a recording the way a show would hear it.

    Parameters
    ----------
    samples : (n, 2) float32 at 48 kHz; the last part of a hop is filled up with silence.
    bpm : fixes the tempo.

    Returns
    -------
    dict
        ``hop_s``, ``duration_s``, ``bpm`` (the median over the second half), ``beats``, ``kicks``,
        ``snares``, ``onsets`` (seconds of their attacks), ``kicks_reported``, ``snares_reported``,
        ``onsets_reported`` (when a show would have known, at most 50 ms later), and the curves
        ``level low mid high centroid onset kick snare bpm_curve beats_curve``, one value a hop.
    """
    return dict(hear([samples], bpm=bpm).items())


def beat_times(beats: Rows) -> list[float]:
    """Seconds at which a rising count of beats, one value a hop, passes whole numbers."""
    times: list[float] = []
    last, last_time = 0.0, 0.0
    for hop, value in enumerate(beats.tolist()):
        time = (hop + 1) * HOP / RATE
        whole = math.floor(value)
        if whole > math.floor(last) or (hop == 0 and value > 0.0):
            share = (whole - last) / (value - last) if value > last else 1.0
            times.append(round(last_time + max(0.0, share) * (time - last_time), 4))
        last, last_time = value, time
    return times
