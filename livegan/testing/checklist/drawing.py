"""Checks that something is drawn at all, within its range, and twice alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from livegan.builtin.pictures import FORMS, NoPicture
from livegan.engine.isolation.deadline import Overrun, watchdog
from livegan.engine.program.nodes.signal_objects import MAKING_S
from livegan.engine.program.probe import FIRST_FRAME_S
from livegan.plugin import Operation
from livegan.testing.blame import doing, told
from livegan.testing.checklist.frames import ALL, DRAWN, START, check_number, repeats
from livegan.testing.playing import FPS, Play, apart, on_another_thread, same
from livegan.testing.rows import Flaw, Measured, row


@row(*ALL)
def draws(operation: Operation) -> None:
    """It gives a picture of a form livegan knows; a signal, a number"""
    play = Play(operation)
    did = "played three frames of music"
    began = time.perf_counter()
    for frame in range(3):
        try:
            play.at(START + frame / FPS)
            FIRST.setdefault(f"{operation.kind} {operation.name}", time.perf_counter() - began)
        except NoPicture:
            seen, change = form_of(play.returned), f"return float 0..1 or uint8, {FORMS}"
            raise Flaw(did, seen, change) from None
        except Exception as error:
            raise Flaw(did, told(error), "mend it: it must draw any sound, at any time") from error
        if operation.kind == "signal":
            check_number(play, did)


def form_of(returned: Any) -> str:
    """What a plugin returned, in words: shape and type."""
    if returned is None:
        return "it returned nothing"
    shape = getattr(returned, "shape", None)
    if shape is None:
        return f"it returned a {type(returned).__name__}"
    kind = str(getattr(returned, "dtype", "")).removeprefix("torch.")
    return f"it returned {kind} of shape {tuple(shape)}"


@row(*ALL, needs=("draws",), when=repeats)
def deterministic(operation: Operation) -> None:
    """The same sound gives the same frames"""
    first, second = Play(operation), Play(operation)
    for frame in range(4):
        seconds = START + frame / FPS
        a, b = first.at(seconds), second.at(seconds)
        if not same(a, b):
            raise Flaw(
                "played the same sound twice",
                f"frame {frame + 1}: {apart(a, b)}",
                "no clocks, no generators without a seed, no state shared by two nodes: take `now` "
                "and `rng`, and keep state in a class; what follows the outside world is "
                "registered with live=True",
            )


FIRST: dict[str, float] = {}
"""Seconds that the very first frame of each thing took in this process, its making included."""


@row(*ALL, needs=("draws",))
def first_frame(operation: Operation) -> Measured:
    """It is made within 10 s, and its first frame drawn within 2 s"""
    key = f"{operation.kind} {operation.name}"
    took = FIRST.get(key, 0.0)
    if key not in FIRST:  # nothing is warm yet
        began = time.perf_counter()
        on_another_thread(lambda: prove(operation))
        took = time.perf_counter() - began
    elif took > FIRST_FRAME_S:
        # Looked at once more in a process of its own, which knows of the two which it was.
        raise Flaw("drew the first frame", f"it took {took:.1f} s", TOO_EARLY)
    return {"first_ms": 1000 * took}


TOO_EARLY = (
    "import heavy libraries, read files and compute tables in __init__ of a class, which may take "
    f"{MAKING_S:g} s"
)


def prove(operation: Operation) -> None:
    """Make it and draw a frame, with the deadlines of a save; a :class:`Flaw` names the one."""
    play = Play(operation)
    steps: list[tuple[str, float, Callable[[], Any], str]] = [
        ("drew the first frame", FIRST_FRAME_S, lambda: play.at(START), TOO_EARLY)
    ]
    if operation.stateful:
        slow = "do less in __init__, or begin it on a thread of your own: a save waits for it"
        steps.insert(0, ("made an object of the class", MAKING_S, play.make, slow))
    for did, seconds, job, change in steps:
        try:
            with watchdog.limit(seconds):
                job()
        except Overrun:
            seen = f"it was still at it after {seconds:g} s, and a show refuses such a set"
            raise Flaw(did, seen, change) from None
    play.close()


@row(*ALL, needs=("draws", "deterministic", "signal-handlers"))
def threads(operation: Operation) -> None:
    """It may be proven on one thread and drawn on another, and two of it may play in turn"""
    here, first, second = Play(operation), Play(operation), Play(operation)
    did = "drew its first frame on one thread and the next on another, as a show does"
    change = "keep what belongs to a thread, such as a context of OpenGL, in an object of a class"
    with doing(did, change):
        proven = [on_another_thread(partial(play.at, START)) for play in (first, second)]
        for frame in range(4):
            wanted = here.at(START + frame / FPS)
            played = [play.at(START + frame / FPS) for play in (first, second)] if frame else proven
            for each in played:
                if not operation.live and not same(wanted, each):
                    raise Flaw(did, f"frame {frame + 1}: {apart(wanted, each)}", change)
    for play in (here, first, second):
        play.close()


@row(*DRAWN, needs=("draws",))
def value_range(operation: Operation) -> None:
    """Its values are 0..1, or bytes"""
    play = Play(operation)
    play.through(START, START + 0.2)
    returned = play.returned
    if str(returned.dtype).removeprefix("torch.") in ("uint8", "bool"):
        return
    low, high = float(returned.min()), float(returned.max())
    over = abs(returned - returned.clip(0, 1)) > 0.001
    share = float(over.sum()) / math.prod(returned.shape)
    # A mixer may brighten what is cut off after it; most of a picture cut off is another scale.
    if share > (0.4 if operation.kind == "mixer" else 0.0):
        raise Flaw(
            "played a fifth of a second of music",
            f"values go from {low:.3g} to {high:.3g}, {share:.0%} of them outside 0..1",
            "return 0..1: "
            + ("divide by 255" if high > 2 else "clip it, or (x + 1) / 2 for -1..1"),
        )
