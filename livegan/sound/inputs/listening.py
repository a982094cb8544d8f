"""Listening: a source's sound goes into the ring, is analysed, and keeps time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from livegan.sound import HOP, RATE
from livegan.sound.clock import ShowClock
from livegan.sound.downmix import to_stereo
from livegan.sound.features import FEATURES, Rows
from livegan.sound.grid import on_grid
from livegan.sound.inputs.devices import SourceAway
from livegan.sound.inputs.pace import BEHIND, SoundPace
from livegan.sound.source import Source
from livegan.sound.tempo_source import TempoSource

Array = NDArray[np.float32]
Note = Callable[[str], None]

POLL = 0.005
"""Seconds between two looks at the source."""

SETTLING = 5.0
"""Seconds over which the distance of the sound to the clock is averaged."""

RETRY = 1.0
"""Seconds between two attempts to reach a source that is gone."""


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


class Listening:
    """A thread that keeps the ring up to the clock, from a source that may come and go.

    The position of the ring is the show's time: it follows the monotonic clock, whatever the
    source does (see `SoundPace`), but stands still while the machine sleeps. A source that
    vanishes, or is away at the start, is replaced by silence, and looked for again every second.

    Parameters
    ----------
    source : opened here; `SourceError` if it cannot be.
    ring : is written from its present position on.
    analyzer : is fed every sample that is written.
    on_note : handed lines for the performer, from any thread; logged if None.
    clock : seconds, on a clock that may step.
    """

    def __init__(
        self,
        source: Source,
        ring: Ring,
        analyzer: AnalysisThread,
        on_note: Note | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ring, self._analyzer = ring, analyzer
        self._note = on_note or logging.getLogger("livegan").info
        self._lock = threading.Lock()
        """Of the analyzer. Never held while a source is waited for, so that no key waits for it."""
        self._stop = threading.Event()
        self._peak: Array = np.zeros(2, np.float32)
        self._pace = SoundPace(ring.position)
        self._behind = BEHIND / RATE
        self._said: set[str] = set()
        self._line = WaitingLine(source)
        self._line.open(self._note)
        self._clock, self._show = clock, ShowClock(ring.position / RATE).at(clock())
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

    @property
    def source(self) -> Source:
        """What is listened to."""
        return self._line.source

    @property
    def waiting(self) -> str:
        """What is silent and awaited, in a line; nothing while the source is there."""
        return self._line.waiting

    @property
    def meter(self) -> tuple[float, float]:
        """Peaks of left and right, falling by half in 0.1 s."""
        return float(self._peak[0]), float(self._peak[1])

    def tap(self) -> None:
        """The performer taps a beat now."""
        with self._lock:
            self._analyzer.tap(self._ring.position / RATE)

    @property
    def bpm(self) -> float:
        """The tempo now, in beats a minute."""
        return self._analyzer.bpm or 120.0

    @property
    def tapped(self) -> bool:
        """Whether the performer's taps set the tempo last."""
        return self._analyzer.tapped

    def lead(self, source: TempoSource | None, hears: bool = True) -> None:
        """Let a source lead the beat, or follow the sound and the taps again if None; the taps
        alone with ``hears=False``."""
        with self._lock:
            self._analyzer.lead(source, hears)

    def set_music(self, beats_per_bar: int, lookahead: float) -> None:
        """A bar has so many beats, and the count of beats is ahead by so many seconds."""
        with self._lock:
            self._analyzer.beats_per_bar, self._analyzer.lookahead = beats_per_bar, lookahead

    def real_time(self, hops: int) -> float:
        """When so many hops were heard, in seconds of `time.monotonic`: the newest hop of the ring
        is the present, so the beat of a clock from outside is on time in it."""
        show = self._show
        return show.now + hops * HOP / RATE + self._behind - show.time

    def show_time(self, real: float) -> float:
        """The show time of a moment: the other way round of `real_time`."""
        show = self._show
        return show.time + real - show.now - self._behind

    def replace(self, source: Source) -> None:
        """Listen to ``source`` instead; if it does not open (`SourceError`), nothing changes."""
        line = WaitingLine(source)
        line.open(self._note)
        old, self._line = self._line, line
        old.close()

    def stop(self) -> None:
        """End the thread and close the source; twice is harmless."""
        self._stop.set()
        self._thread.join(5.0)
        self._line.close()

    def _run(self) -> None:
        while not self._stop.wait(POLL):
            self._show = self._show.at(self._clock())
            self._listen(self._show.due)

    def _listen(self, due: int) -> None:
        heard = self._line.pull(self._pace.wanted(due), self._note)
        block = self._pace.fit(heard, due)
        if not len(block):
            return
        # A source that stalled for seconds is made good in pieces, none of them long.
        for begin in range(0, len(block), RATE // 10):
            self._write(on_grid(block[begin : begin + RATE // 10]))
        behind = (due - self._ring.position) / RATE
        self._behind += (behind - self._behind) * min(1.0, len(block) / (SETTLING * RATE))

    def _write(self, block: Array) -> None:
        self._ring.write(block)
        fall = np.float32(0.5 ** (len(block) / (0.1 * RATE)))
        self._peak = np.maximum(self._peak * fall, np.abs(block).max(axis=0))
        due = self._ring.position // HOP - self._ring.hops
        try:
            with self._lock:
                rows = self._analyzer.feed(block)
        except Exception as error:
            self._say_once(f"analysis failed: {type(error).__name__}: {error}")
            rows = np.zeros((0, len(FEATURES)))
        if len(rows) != due:
            # Time must go on: what could not be analysed counts as silence.
            missing = np.zeros((max(0, due - len(rows)), len(FEATURES)))
            rows = np.concatenate([rows[:due], missing])
        self._ring.write_features(rows)

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._note(text)


class WaitingLine:
    """A source, made 48 kHz stereo on the way, and looked for again when it is gone."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.waiting = ""
        """Why there is silence, in a line."""
        self._closed = threading.Event()
        self._connecting: threading.Thread | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._rate = RATE

    def open(self, note: Note) -> None:
        """Begin; a source that is away is waited for. `SourceError` if it cannot be had at all."""
        try:
            self.source.open(note)
        except SourceAway as error:
            self._wait(f"{error}; silence until it is there", note)

    def pull(self, wanted: int, note: Note) -> Array:
        """What came since, (n, 2) at 48 kHz; nothing while the source is gone. Never waits."""
        nothing: Array = np.zeros((0, 2), np.float32)
        if self.waiting:
            return nothing
        try:
            rate = self.source.rate
            raw = self.source.pull(-(-wanted * rate // RATE))
            block = to_stereo(raw)
            if not np.isfinite(block).all():
                block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        except Exception as error:
            if not self._closed.is_set():  # or it was replaced this moment
                self._wait(f"{error}; silence until it is back", note)
            return nothing
        if rate != self._rate or (self._resampler is None and rate != RATE):
            self._rate = rate
            self._resampler = (
                None if rate == RATE else soxr.ResampleStream(rate, RATE, 2, quality="HQ")
            )
        if self._resampler is not None and len(block):
            block = self._resampler.resample_chunk(np.ascontiguousarray(block))
        return block

    def close(self) -> None:
        """Close the source, and look for it no more."""
        self._closed.set()
        if self._connecting is not None:
            self._connecting.join(3.0)
        self.source.close()

    def _wait(self, why: str, note: Note) -> None:
        self.waiting = why
        note(why)
        self._connecting = threading.Thread(
            target=self._reconnect, args=(note,), name="reconnect sound", daemon=True
        )
        self._connecting.start()

    def _reconnect(self, note: Note) -> None:
        while not self._closed.wait(RETRY):
            try:
                self.source.open(note)
            except Exception as error:
                logging.getLogger("livegan").debug("not back yet: %s", error)
                continue
            if self._closed.is_set():  # it came while the show ended
                self.source.close()
                return
            self._resampler = None
            note(f"{self.source.name} is back")
            self.waiting = ""
            return
