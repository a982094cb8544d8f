"""Checks that something is drawn at all, within its range, and twice alike."""

from __future__ import annotations

import math
from typing import Any

from livegan.builtin.pictures import FORMS, NoPicture
from livegan.plugin import Operation
from livegan.testing.blame import told
from livegan.testing.frames import ALL, DRAWN, START, check_number
from livegan.testing.playing import FPS, Play, apart, same
from livegan.testing.rows import Fault, row


@row(*ALL)
def draws(operation: Operation) -> None:
    """It gives a picture of a form livegan knows; a signal, a number"""
    play = Play(operation)
    did = "played three frames of music"
    for frame in range(3):
        try:
            play.at(START + frame / FPS)
        except NoPicture:
            seen, change = form_of(play.returned), f"return float 0..1 or uint8, {FORMS}"
            raise Fault(did, seen, change) from None
        except Exception as error:
            raise Fault(did, told(error), "mend it: it must draw any sound, at any time") from error
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


@row(*ALL, needs=("draws",))
def deterministic(operation: Operation) -> None:
    """The same sound gives the same frames"""
    first, second = Play(operation), Play(operation)
    for frame in range(4):
        seconds = START + frame / FPS
        a, b = first.at(seconds), second.at(seconds)
        if not same(a, b):
            raise Fault(
                "played the same sound twice",
                f"frame {frame + 1}: {apart(a, b)}",
                "no clocks, no generators without a seed, no state shared by two nodes: take `now` "
                "and `rng`, and keep state in a class",
            )


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
        raise Fault(
            "played a fifth of a second of music",
            f"values go from {low:.3g} to {high:.3g}, {share:.0%} of them outside 0..1",
            "return 0..1: "
            + ("divide by 255" if high > 2 else "clip it, or (x + 1) / 2 for -1..1"),
        )
