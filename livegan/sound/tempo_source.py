"""Who leads the beat: a number, a clock from outside, taps, or the music.

The stage has one count of beats, which everyone reads in the features of the sound. One source at
a time leads it; without one it follows the music and the performer's taps (see
`livegan.sound.hearing.tempo.Tempo`).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.plugin.tempo_wish import checked_bpm
from livegan.sound import HOP, RATE


class TempoSource(Protocol):
    """Tempo and beats by show time. Asked once a hop, on the thread that listens: never waits."""

    @property
    def bpm(self) -> float:
        """Beats a minute now."""

    def beats(self, hops: int) -> float:
        """The count of beats after so many hops of the show, with its fraction.

        Only the place within the bar is taken from it: see `led`.
        """


@dataclass(frozen=True)
class FixedTempo:
    """A tempo that is a number: beats are counted from the start of the show.

    Raises ValueError if ``bpm`` is not between `SLOWEST_BPM` and `FASTEST_BPM`.
    """

    bpm: float

    def __post_init__(self) -> None:
        checked_bpm(self.bpm)

    def beats(self, hops: int) -> float:
        """Divided once, so that whole beats are whole numbers."""
        return hops * HOP * self.bpm / (60.0 * RATE)

    def each(self, hops: NDArray[np.int64]) -> NDArray[np.float64]:
        """(2, n): the tempo, and the count, after so many hops: `beats` to the bit."""
        beats = np.asarray(hops * HOP * self.bpm / (60.0 * RATE), np.float64)
        return np.stack([np.full(len(beats), self.bpm), beats])


@dataclass(frozen=True)
class ClockReading:
    """What a clock says: it stands at ``beats`` at the time ``at``, in seconds of a steady clock,
    and goes on at ``bpm``."""

    at: float
    beats: float
    bpm: float

    def beats_at(self, at: float) -> float:
        """The count at another time."""
        return self.beats + (at - self.at) * self.bpm / 60.0

    def moved(self, other: ClockReading) -> bool:
        """Whether another reading of the same clock says something else: a clock that is measured
        again and again is never quite the same, and the beat must not tremble with it."""
        late = abs(self.beats_at(other.at) - other.beats) * 60.0 / other.bpm
        return late > MOVED_S or abs(other.bpm / self.bpm - 1.0) > MOVED_TEMPO


MOVED_S, MOVED_TEMPO = 0.001, 0.0002
"""Seconds, and part of the tempo, by which a reading must differ to count as another."""


class FollowedClock:
    """A clock from outside. Between two readings it goes on at the tempo of the last one."""

    def __init__(self, reading: ClockReading, real_time: Callable[[int], float]) -> None:
        """``real_time`` gives the time at which so many hops were heard, as `ClockReading.at`."""
        self.reading, self._real_time = reading, real_time

    @property
    def bpm(self) -> float:
        """Beats a minute now."""
        return self.reading.bpm

    def beats(self, hops: int) -> float:
        """The count of the clock after so many hops of the show."""
        return self.reading.beats_at(self._real_time(hops))


class RecordedClock:
    """The clock of an earlier show; ``readings`` are at seconds of show time, in their order.

    Before the first one it counts as the first one says. The count never goes back: where the
    clock began anew, the count goes on in its place in the bar.
    """

    def __init__(self, readings: Sequence[ClockReading], beats_per_bar: int) -> None:
        self._readings: list[ClockReading] = []
        self._floors: list[float] = []
        """What the count had reached when a reading came."""
        self._times = [reading.at for reading in readings]
        floor, offset = -math.inf, 0.0
        for reading in readings:
            if self._readings:
                floor = max(floor, self._readings[-1].beats_at(reading.at))
            behind = floor - reading.beats - offset
            if behind > 1.0:
                offset += beats_per_bar * math.ceil(behind / beats_per_bar)
            self._readings.append(replace(reading, beats=reading.beats + offset))
            self._floors.append(floor)

    def _at(self, hops: int) -> tuple[float, float]:
        time = hops * HOP / RATE
        place = max(0, bisect_right(self._times, time) - 1)
        reading = self._readings[place]
        return reading.bpm, max(self._floors[place], reading.beats_at(time))

    @property
    def bpm(self) -> float:
        """Of the first reading."""
        return self._readings[0].bpm

    def beats(self, hops: int) -> float:
        """The count after so many hops of the show."""
        return self._at(hops)[1]

    def each(self, hops: NDArray[np.int64]) -> NDArray[np.float64]:
        """(2, n): the tempo, and the count, after so many hops."""
        return np.array([self._at(int(count)) for count in hops], np.float64).reshape(-1, 2).T


@dataclass(frozen=True)
class Led:
    """The count of beats under a source that leads it."""

    source: TempoSource
    offset: float
    """Whole bars, in beats."""

    def beats(self, hops: int) -> float:
        """The count after so many hops of the show."""
        return self.source.beats(hops) + self.offset


def led(source: TempoSource, hops: int, beats: float, beats_per_bar: int) -> Led:
    """The count from now on, where it stands at ``beats`` after ``hops``.

    It takes the source's place in the bar, and as many whole bars as it takes not to go back.
    """
    behind = beats - source.beats(hops)
    return Led(source, beats_per_bar * max(0.0, math.ceil(behind / beats_per_bar - 1e-9)))
