"""Listening: the sound of sources goes into rings, is analysed, and keeps time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from livegan.sound import HOP, RATE
from livegan.sound.clock import ShowClock
from livegan.sound.grid import on_grid
from livegan.sound.inputs.heard_input import (
    PIECE,
    TOGETHER,
    AnalysisThread,
    HeardInput,
    Ring,
    RingWriter,
)
from livegan.sound.inputs.pace import BEHIND, LATE
from livegan.sound.inputs.waiting_line import Array, Note
from livegan.sound.source import Source
from livegan.sound.tempo_source import TempoSource

POLL = 0.005
"""Seconds between two looks at the sources."""

SETTLING = 5.0
"""Seconds over which the distance of the sound to the clock is averaged."""


class SumOfInputs:
    """What the show hears where no source is its own: its named inputs together."""

    def __init__(self, names: Iterable[str]) -> None:
        self.name = " + ".join(names)


class Listening:
    """A thread that keeps the ring up to the clock, from sources that may come and go.

    The position of the ring is the show's time: it follows the monotonic clock, whatever the
    sources do (see `SoundPace`), but stands still while the machine sleeps. A source that
    vanishes, or is away at the start, is replaced by silence, and looked for again every second.

    Named inputs have rings of their own, written in step with that of the show and before it. The
    show's own sound is ``source``, or their sum where that is None.

    Parameters
    ----------
    source : opened here; `SourceError` if it cannot be.
    ring : is written from its present position on.
    analyzer : is fed every sample that is written.
    on_note : handed lines for the performer, from any thread; logged if None.
    clock : seconds, on a clock that may step.
    inputs : sources by name, opened here.
    writer : makes the ring of a name and what analyses it.
    """

    def __init__(
        self,
        source: Source | None,
        ring: Ring,
        analyzer: AnalysisThread,
        on_note: Note | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        inputs: Mapping[str, Source] | None = None,
        writer: Callable[[str, Note], RingWriter] | None = None,
    ) -> None:
        self._note = on_note or logging.getLogger("livegan").info
        self._main = RingWriter(ring, analyzer, self._note)
        self._ring, self._analyzer, self._lock = ring, analyzer, self._main.lock
        self._make_writer = writer
        self._stop = threading.Event()
        self._behind = BEHIND / RATE
        self._inputs: dict[str, HeardInput] = {}
        """By name; the show's own has none. Replaced, never changed: any thread may read it."""
        try:
            for name, each in {**({"": source} if source else {}), **(inputs or {})}.items():
                self.replace(each, name)
        except Exception:
            self._close()
            raise
        if not self._inputs:
            raise ValueError("a show hears a source, or named inputs")
        for each_input in self._inputs.values():
            each_input.join(ring.position)
        self._clock, self._show = clock, ShowClock(ring.position / RATE).at(clock())
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

    @property
    def source(self) -> Source | SumOfInputs:
        """What is listened to."""
        own = self._inputs.get("")
        return SumOfInputs(self._inputs) if own is None else own.line.source

    @property
    def sources(self) -> dict[str, Source]:
        """All sources by the name of their input; that of the show's own is empty."""
        return {name: each.line.source for name, each in self._inputs.items()}

    @property
    def names(self) -> list[str]:
        """The named inputs."""
        return [name for name in self._inputs if name]

    @property
    def waiting(self) -> str:
        """What is silent and awaited, in a line; nothing while every source is there."""
        waiting = [(name, each.line.waiting) for name, each in self._inputs.items()]
        return "; ".join(f"{name}: {why}" if name else why for name, why in waiting if why)

    @property
    def away(self) -> list[str]:
        """The inputs that are awaited; the name of the show's own is empty."""
        return [name for name, each in self._inputs.items() if each.line.waiting]

    @property
    def meter(self) -> tuple[float, float]:
        """Peaks of left and right, falling by half in 0.1 s."""
        return self._main.meter

    @property
    def meters(self) -> dict[str, tuple[float, float]]:
        """Likewise, of each named input."""
        return {n: each.writer.meter for n, each in self._inputs.items() if each.writer}

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

    def replace(self, source: Source | None, name: str = "") -> None:
        """Let an input hear ``source`` instead, or give the show one more; if it does not open
        (`SourceError`, `NoRoom` for its ring), nothing changes. None is the sum of all named
        inputs, for the show's own sound."""
        before = self._inputs.get(name)
        if source is None:
            others = {key: each for key, each in self._inputs.items() if key}
            if before is not None and others:
                self._inputs = others
                before.line.close()
        elif before is not None:
            before.replace(source)
        elif not name:
            self._inputs = {"": HeardInput(source, self._note), **self._inputs}
        else:
            assert self._make_writer is not None
            made = HeardInput(source, note := self._noting(name))
            try:
                made.writer = self._make_writer(name, note)
            except OSError:
                made.line.close()
                raise
            self._inputs = {**self._inputs, name: made}

    def _noting(self, name: str) -> Note:
        return lambda text: self._note(f"{name}: {text}")

    def stop(self) -> None:
        """End the thread and close the sources; twice is harmless."""
        self._stop.set()
        self._thread.join(5.0)
        self._close()

    def _close(self) -> None:
        for each in self._inputs.values():
            each.line.close()

    def _run(self) -> None:
        while not self._stop.wait(POLL):
            self._show = self._show.at(self._clock())
            self._listen(self._show.due)

    def _listen(self, due: int) -> None:
        inputs = self._inputs
        for each in inputs.values():
            each.join(self._ring.position)
            each.hear(due, LATE if len(inputs) == 1 else TOGETHER)
        count = min(len(each.held) for each in inputs.values())
        if not count:
            return
        own = inputs.get("")
        blocks = {name: on_grid(each.take(count)) for name, each in inputs.items()}
        block = blocks[""] if own is not None else on_grid(sum_of(blocks.values()))
        for begin in range(0, count, PIECE):
            part = slice(begin, begin + PIECE)
            for name, each in inputs.items():
                if each.writer is not None:
                    each.writer.write(blocks[name][part])
            self._main.write(block[part])  # last: whoever sees it finds the others there
        behind = (due - self._ring.position) / RATE
        self._behind += (behind - self._behind) * min(1.0, count / (SETTLING * RATE))


def sum_of(blocks: Iterable[Array]) -> Array:
    """Blocks of equal length, added up."""
    first, *others = blocks
    total = first.copy() if others else first
    for block in others:
        total += block
    return total
