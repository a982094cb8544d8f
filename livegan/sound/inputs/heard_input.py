"""One input of a show: its source, fitted to the clock, and its ring with what is heard in it."""

from __future__ import annotations

import threading
from typing import Protocol

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, LINE, Rows
from livegan.sound.inputs.pace import LATE, SoundPace
from livegan.sound.inputs.waiting_line import Array, Note, WaitingLine
from livegan.sound.network.packet import Line
from livegan.sound.source import Source
from livegan.sound.tempo_source import TempoSource

TOGETHER = round(0.07 * RATE)
"""Samples after which one of several inputs counts as late: they are heard in step, so the others
wait for it so long."""
PIECE = RATE // 10
"""Samples that are analysed at a time, at most: what stalled for seconds is made good in pieces."""


class Ring(Protocol):
    """What is written: a `livegan.ipc.sound_ring.SoundRing`."""

    @property
    def position(self) -> int: ...
    @property
    def hops(self) -> int: ...
    def write(self, block: Array) -> None: ...
    def write_features(self, rows: Rows) -> None: ...


class AnalysisThread(Protocol):
    """What analyses: a `livegan.sound.hearing.analysis.Analyzer`."""

    @property
    def bpm(self) -> float | None: ...
    @bpm.setter
    def bpm(self, bpm: float | None) -> None: ...
    @property
    def beats_per_bar(self) -> int: ...
    @beats_per_bar.setter
    def beats_per_bar(self, beats: int) -> None: ...
    @property
    def lookahead(self) -> float: ...
    @lookahead.setter
    def lookahead(self, seconds: float) -> None: ...
    @property
    def tapped(self) -> bool: ...
    def lead(self, source: TempoSource | None, hears: bool = True) -> None: ...
    def feed(self, block: Array) -> Rows: ...
    def tap(self, time_s: float | None = None) -> None: ...


class RingWriter:
    """Writes a ring, and what is heard in it.

    ``lock`` is held while the analyzer is used, and never while a source is waited for.
    """

    def __init__(self, ring: Ring, analyzer: AnalysisThread, note: Note) -> None:
        self.ring, self.analyzer, self.note = ring, analyzer, note
        self.lock = threading.Lock()
        self.peak: Array = np.zeros(2, np.float32)
        self._said: set[str] = set()

    def write(self, block: Array, line: Line | None = None) -> None:
        """Append a block, (n, 2), and its features; ``line`` is the way it came, none of a file."""
        self.ring.write(block)
        fall = np.float32(0.5 ** (len(block) / (0.1 * RATE)))
        self.peak = np.maximum(self.peak * fall, np.abs(block).max(axis=0))
        due = self.ring.position // HOP - self.ring.hops
        try:
            with self.lock:
                rows = self.analyzer.feed(block)
        except Exception as error:
            self._say_once(f"analysis failed: {type(error).__name__}: {error}")
            rows = np.zeros((0, len(FEATURES)))
        if len(rows) != due:
            # Time must go on: what could not be analysed counts as silence.
            missing = np.zeros((max(0, due - len(rows)), len(FEATURES)))
            rows = np.concatenate([rows[:due], missing])
        if line is not None and len(rows):
            rows[:, LINE] = np.asarray((line.delay, line.jitter, line.lost, line.here), np.float32)
        self.ring.write_features(rows)

    def catch_up(self, position: int) -> None:
        """Be silent up to a position, for one that joins a show."""
        missing = position - self.ring.position
        for begin in range(0, missing, PIECE):
            self.write(np.zeros((min(PIECE, missing - begin), 2), np.float32))

    @property
    def meter(self) -> tuple[float, float]:
        """Peaks of left and right, falling by half in 0.1 s."""
        return float(self.peak[0]), float(self.peak[1])

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.note(text)


class HeardInput:
    """A source on its way into the show."""

    def __init__(self, source: Source, note: Note) -> None:
        """Opens the source; `SourceError` if it cannot be had at all."""
        self.note = note
        self.writer: RingWriter | None = None
        """Of a ring of its own; None if it goes into that of the show as it is."""
        self.line = WaitingLine(source)
        self.line.open(note)
        self.held: Array = np.zeros((0, 2), np.float32)
        """What was heard already and the other inputs have not come to."""
        self._pace: SoundPace | None = None

    def join(self, position: int) -> None:
        """Be in step with the show from now on, unless it is."""
        if self._pace is None:
            self._pace = SoundPace(position)
            if self.writer is not None:
                self.writer.catch_up(position)

    def hear(self, due: int, late: int = LATE) -> None:
        """Take what came: `held` grows up to the clock, to within ``late`` samples."""
        assert self._pace is not None
        self._pace.late = late
        heard = self.line.pull(self._pace.wanted(due), self.note)
        block = self._pace.fit(heard, due)
        if len(block):
            self.held = np.concatenate([self.held, block]) if len(self.held) else block

    @property
    def way(self) -> Line | None:
        """What is known of the way that the sound takes; None of one that takes none."""
        if self.line.waiting:
            return Line(here=0.0)
        found: Line | None = getattr(self.line.source, "line", None)
        return found

    def take(self, count: int) -> Array:
        """The oldest ``count`` samples of `held`."""
        block, self.held = self.held[:count], self.held[count:]
        return block

    def replace(self, source: Source) -> None:
        """Hear ``source`` instead; if it does not open (`SourceError`), nothing changes."""
        line = WaitingLine(source)
        line.open(self.note)
        old, self.line = self.line, line
        old.close()
