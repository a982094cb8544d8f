"""What ``livegan bench inputs`` measures: named inputs of a show, and `band`.

Time is that of the processor, so other programs that run meanwhile hardly show in it.
"""

from __future__ import annotations

import contextlib
import platform
import statistics
import time
from typing import Any

import numpy as np

from livegan import share
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import HOP, RATE
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.history import Array, Hearing
from livegan.sound.inputs.heard_input import RingWriter
from livegan.sound.inputs.listening import Listening
from livegan.sound.media import open_media, until

COUNTS = (1, 2, 4)
"""Inputs of the shows that are compared."""
FPS = 30


class BenchSource:
    """A source that plays samples over and over, as fast as they are asked for."""

    name, rate = "bench", RATE

    def __init__(self, samples: Array) -> None:
        self._samples, self._at = samples, 0

    def open(self, note: object) -> None:
        """Nothing to open."""

    def pull(self, frames: int) -> Array:
        """The next ``frames``."""
        at = np.arange(self._at, self._at + frames) % len(self._samples)
        self._at += frames
        return self._samples[at]

    def close(self) -> None:
        """Nothing to close."""


class Stepped(Listening):
    """A listening that hears when it is asked to, on the thread that asks."""

    def _run(self) -> None:
        """Leave it to the one who asks."""

    def hop(self) -> None:
        """One hop of sound."""
        self._listen(self._ring.position + HOP + round(0.04 * RATE))


def bench_inputs(seconds: float) -> dict[str, Any]:
    """Tables of named inputs and of bands, each row measured for so many seconds of its time."""
    samples = np.concatenate(list(until(open_media(share.demo_track()), 20 * RATE)))
    inputs = [of_inputs(samples, count, seconds) for count in COUNTS]
    system = f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}"
    return {"machine": system, "tables": {"inputs": inputs, "band": of_bands(samples, seconds)}}


def of_inputs(samples: Array, count: int, seconds: float) -> dict[str, Any]:
    """What a show with so many inputs costs: one is the show's own, several have names."""
    with contextlib.ExitStack() as stack:

        def ring() -> SoundRing:
            return stack.enter_context(SoundRing.create(5))

        def writer(name: str, note: Any) -> RingWriter:
            analyzer = Analyzer()
            analyzer.lead(None, hears=False)
            return RingWriter(ring(), analyzer, note)

        # Each begins elsewhere in the track: they are not equally loud.
        played = [BenchSource(np.roll(samples, -3 * RATE * n, axis=0)) for n in range(count)]
        named = {f"input {n}": source for n, source in enumerate(played, 1)} if count > 1 else {}
        own = None if named else played[0]
        notes: list[str] = []
        listening = Stepped(own, ring(), Analyzer(), notes.append, inputs=named, writer=writer)
        stack.callback(listening.stop)
        for _ in range(RATE // HOP):
            listening.hop()
        spent: list[float] = []
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            began = time.thread_time()
            for _ in range(10):
                listening.hop()
            spent.append((time.thread_time() - began) * 100)
    ms = statistics.median(spent)
    return {
        "name": f"{count} input{'s' * (count > 1)}",
        "analyses": count + (count > 1),
        "ms a hop": round(ms, 3),
        "share of a core": round(ms / (1000 * HOP / RATE), 3),
    }


def of_bands(samples: Array, seconds: float) -> list[dict[str, Any]]:
    """What ``sound.band`` costs in a frame, for one band and four of a sound; and the frame in
    which the first of them appears."""
    from livegan.sound.features import FEATURES
    from livegan.sound.history import RecordedHistory

    minute = np.tile(samples, (4, 1))
    history = RecordedHistory(minute, np.zeros((len(minute) // HOP, len(FEATURES))))
    rows = []
    for count in (1, 4):
        edges = [(100.0 * 2**n, 200.0 * 2**n) for n in range(count)]
        hearing = Hearing(history)
        spent: list[float] = []
        position, end = 60 * RATE, time.thread_time() + seconds
        while time.thread_time() < end or len(spent) < 3:
            began = time.thread_time()
            sound = hearing.at(position)
            for low, high in edges:
                sound.band(low, high)
            spent.append((time.thread_time() - began) * 1000)
            position = 60 * RATE + (position - 60 * RATE + RATE // FPS) % (19 * RATE)
        rows.append(
            {
                "name": f"{count} band{'s' * (count > 1)}",
                "ms a frame": round(statistics.median(spent[1:]), 3),
                "ms of the first": round(spent[0], 1),
            }
        )
    return rows
