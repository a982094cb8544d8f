"""Who leads the beat: a number, or whoever else knows tempo and phase better than the music does.

The stage has one count of beats, which everyone reads in the features of the sound. It is led by
one source at a time; without one it follows the music and the performer's taps (see
`livegan.sound.hearing.tempo.Tempo`). A MIDI clock or Link is such a source, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.plugin.now import FASTEST_BPM, SLOWEST_BPM
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
        if not SLOWEST_BPM <= self.bpm <= FASTEST_BPM:
            span = f"between {SLOWEST_BPM:g} and {FASTEST_BPM:g}"
            raise ValueError(f"a tempo of {self.bpm:g} bpm: it must be {span}")

    def beats(self, hops: int) -> float:
        """Divided once, so that whole beats are whole numbers."""
        return hops * HOP * self.bpm / (60.0 * RATE)

    def each(self, hops: NDArray[np.int64]) -> NDArray[np.float64]:
        """The same for many, to the bit."""
        return np.asarray(hops * HOP * self.bpm / (60.0 * RATE), np.float64)


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
