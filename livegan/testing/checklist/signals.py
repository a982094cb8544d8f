"""Checks of signals: numbers that change with time."""

from __future__ import annotations

import time

from livegan.plugin import Operation
from livegan.testing.checklist.frames import START
from livegan.testing.playing import FPS, Play
from livegan.testing.rows import Flaw, Measured, row

SLOWEST_VALUE_S = 0.005
"""A set may have dozens of signals, each asked in every frame."""


@row("signal", needs=("draws",))
def speed(operation: Operation) -> Measured:
    """A value takes less than a two hundredth of a second"""
    play = Play(operation)
    times = []
    for frame in range(20):
        began = time.perf_counter()
        play.at(START + frame / FPS)
        times.append(time.perf_counter() - began)
    fastest = min(times[1:])
    if fastest > SLOWEST_VALUE_S:
        seen = f"{1000 * fastest:.1f} ms for the fastest"
        change = "do not wait: read what is there by now; compute once what stays the same"
        raise Flaw("asked for twenty values", seen, change)
    return {"ms_value": 1000 * fastest}
