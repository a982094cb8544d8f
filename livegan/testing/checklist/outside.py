"""Checks of what follows the outside world: encoders, mixers and signals with ``live=True``."""

from __future__ import annotations

import time

from livegan.plugin import Operation
from livegan.testing.blame import doing
from livegan.testing.checklist.frames import ALL, START, drawn
from livegan.testing.playing import FPS, Play
from livegan.testing.rows import Flaw, Measured, row

LONGEST_WAIT_S = 0.25
"""A frame that takes longer waits for something: every picture of the show waits with it."""
FRAMES = 30


def follows(operation: Operation) -> bool:
    """Whether it follows the outside world."""
    return operation.live


def opens(operation: Operation) -> bool:
    """Whether it is a class that does so: its objects may hold a port or a device."""
    return operation.live and operation.stateful


@row(*ALL, needs=("draws",), when=follows)
def waits(operation: Operation) -> Measured:
    """No frame waits for the outside world, also while nothing comes from there"""
    longest = min(slowest(operation) for _ in range(2))  # twice: another program may be busy
    if longest > LONGEST_WAIT_S:
        raise Flaw(
            f"drew {FRAMES} frames",
            f"one of them took {longest:.2f} s",
            "take what is there by now, without waiting: read on a thread that __init__ starts and "
            "close() ends",
        )
    return {"longest_ms": 1000 * longest}


def slowest(operation: Operation) -> float:
    """Seconds of the slowest of some frames, without the first one: it may prepare things."""
    play = Play(operation, size=32)
    times = []
    for frame in range(FRAMES + 1):
        began = time.perf_counter()
        play.at(START + frame / FPS)
        times.append(time.perf_counter() - began)
    play.close()
    return max(times[1:])


@row(*ALL, needs=("draws",), when=opens)
def reopens(operation: Operation) -> None:
    """A second object works beside the first, goes on when that is closed, and it opens again"""
    change = (
        "an edit makes a new object while the old one plays: share what only one can have, such as "
        "a port, and let go of it when the last object is closed"
    )
    first, second, third = Play(operation), Play(operation), Play(operation)
    try:
        drawn(first, START, "drew a frame", change)
        drawn(second, START, "made a second object while the first one played", change)
        with doing("closed the first object", "close() lets go of its own, and raises nothing"):
            first.close()
        drawn(second, START + 0.1, "drew with the second object after the first was closed", change)
        second.close()
        drawn(third, START + 0.2, "made another object after all were closed", change)
    finally:
        for play in (first, second, third):
            play.close()
