"""Recorded sound as it goes on: its recent past, however long the recording is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, INDEX, Rows
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.history import PAST_SECONDS, History
from livegan.sound.tempo_source import FixedTempo, RecordedClock, led

Array = npt.NDArray[np.float32]
BPM, BEATS = INDEX["bpm"], INDEX["beats"]

KEPT = 2 * PAST_SECONDS * RATE
"""Samples that are kept: an encoder asks for the last minute, in columns of up to a minute."""

SILENT = 1e-4
"""Below this (-80 dB of the largest sample) there is nothing to see in a sound."""


class Soundtrack:
    """Sound that is read as far as it is needed, and forgotten after two minutes.

    It is a `livegan.sound.history.History`, so encoders see in it what they see in a show.  Its
    features are analysed from the first time that one is asked for: an encoder that draws samples
    alone does not pay for the analysis.

    Parameters
    ----------
    read : begins to read the sound: blocks of (n, 2) float32 at 48 kHz.
    analyse : analyse from the start, where it is known that features will be asked for.
    bpm : fixes the tempo.
    """

    def __init__(
        self,
        read: Callable[[], Iterator[Array]],
        *,
        analyse: bool = False,
        bpm: float | None = None,
    ) -> None:
        self._read = read
        self._blocks = read()
        self._sound = Tail(KEPT, 2)
        self._rows = Tail(KEPT // HOP, len(FEATURES), np.float64)
        self._bpm = bpm
        self._analyzer = Analyzer(bpm) if analyse else None
        self.ended = False

    def hear(self, position: int) -> bool:
        """Read on until ``position`` samples were heard; False if there are not that many."""
        while not self.ended and self._sound.end < position:
            block = next(self._blocks, None)
            if block is None:
                self.ended = True
                break
            self._sound.add(block)
            if self._analyzer is not None:
                self._rows.add(self._analyzer.feed(block))
        return position <= self._sound.end

    @property
    def position(self) -> int:
        """Samples heard so far."""
        return self._sound.end

    @property
    def hops(self) -> int:
        """Whole hops heard so far."""
        return self._sound.end // HOP

    def samples(self, start: int, stop: int) -> Array:
        """(stop - start, 2) float32; zeros where there was no sound, or where it is forgotten."""
        return self._sound.span(start, stop)

    def features(self, start: int, stop: int) -> Rows:
        """(stop - start, F) float64, a row a hop."""
        if self._analyzer is None:
            self._analyze()
        return self._rows.span(start, stop)

    def _analyze(self) -> None:
        """Catch up with what was heard before anyone asked; from the start, for it accumulates."""
        self._analyzer = Analyzer(self._bpm)
        if self._sound.start == 0:
            self._rows.add(self._analyzer.feed(self._sound.span(0, self._sound.end)))
            return
        missing = self._sound.end
        for block in self._read():
            self._rows.add(self._analyzer.feed(block[:missing]))
            missing -= len(block[:missing])
            if not missing:
                break


def is_silent(blocks: Iterator[Array]) -> bool:
    """Whether there is nothing to hear in a sound; read only as far as the first that there is."""
    return not any(len(block) and np.abs(block).max() > SILENT for block in blocks)


class Tail:
    """The newest rows of many: ``kept`` of them at least, (n, width) of one type of number."""

    def __init__(self, kept: int, width: int, dtype: npt.DTypeLike = np.float32) -> None:
        self._kept = kept
        self._rows: npt.NDArray[Any] = np.zeros((kept // 8, width), dtype)
        self.start = 0
        """The oldest row that is kept, counted from the first."""
        self.end = 0
        """Rows so far."""

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Add newer rows."""
        have = self.end - self.start
        if have + len(rows) > len(self._rows):
            keep = min(have, self._kept)
            old = self._rows[have - keep : have]
            if keep + len(rows) > 0.8 * len(self._rows):
                grown = np.zeros((2 * (keep + len(rows)), self._rows.shape[1]), self._rows.dtype)
                grown[:keep] = old
                self._rows = grown
            else:
                self._rows[:keep] = old.copy()
            self.start, have = self.end - keep, keep
        self._rows[have : have + len(rows)] = rows
        self.end += len(rows)

    def span(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Copy of the rows ``start <= i < stop``; zeros where there are none."""
        out = np.zeros((max(0, stop - start), self._rows.shape[1]), self._rows.dtype)
        low, high = max(start, self.start), min(stop, self.end)
        if low < high:
            out[low - start : high - start] = self._rows[low - self.start : high - self.start]
        return out


class Playhead:
    """A recording as far as it was played: what lies after ``position`` was not heard yet."""

    def __init__(self, recording: History) -> None:
        self.recording = recording
        self.position = 0
        self._tempos: list[tuple[int, FixedTempo | RecordedClock | None, float]] = []
        """From which hop on who leads the count of beats, None for the recording, and an offset."""
        self.beats_per_bar = 4

    def lead(self, source: FixedTempo | RecordedClock | None) -> None:
        """From now on let a source lead the beat, or follow the recording's again with None: as a
        stage does, so that everything that reads the features sees one tempo."""
        hops = self.hops
        if source is None and not self._tempos:
            return
        beats = float(self.features(hops - 1, hops)[0, BEATS])
        if source is not None:
            offset = led(source, hops, beats, self.beats_per_bar).offset
        else:
            offset = beats - float(self.recording.features(hops - 1, hops)[0, BEATS])
        self._tempos.append((hops, source, offset))

    @property
    def hops(self) -> int:
        """Whole hops played."""
        return self.position // HOP

    def samples(self, start: int, stop: int) -> Array:
        """(stop - start, 2) float32 of the recording."""
        return self.recording.samples(start, stop)

    def features(self, start: int, stop: int) -> Rows:
        """(stop - start, F) float64 of the recording, with the tempo that is led."""
        rows = self.recording.features(start, stop)
        heard = rows[:, [BPM, BEATS]]
        for since, source, offset in self._tempos:
            first = max(start, since, 0)
            at = slice(first - start, None)
            if source is None:
                rows[at, BPM], rows[at, BEATS] = heard[at, 0], heard[at, 1] + offset
            elif first < stop:
                # A row is about the end of its hop.
                bpm, beats = source.each(np.arange(first + 1, stop + 1))
                rows[at, BPM], rows[at, BEATS] = bpm.astype(np.float32), beats + offset
        return rows
