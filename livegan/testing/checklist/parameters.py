"""Checks that every parameter may be moved, to both its ends and in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from livegan.plugin import Operation, Param
from livegan.testing.checklist.frames import ALL, START, drawn
from livegan.testing.playing import FPS, Play
from livegan.testing.rows import row

FAR = 1000.0
"""How far a parameter without a range is taken."""


def ends_of(each: Param) -> list[Any]:
    """The values at the ends of a parameter: far ones where it is open."""
    if each.choices:
        return list(each.choices)
    if each.type == "flag":
        return [False, True]
    if each.type in ("text", "file"):
        return [each.default]
    if each.type == "colour":
        return [(0.0, 0.0, 0.0), (1.0, 1.0, 1.0)]
    low = -FAR if each.low is None else each.low
    high = FAR if each.high is None else each.high
    if each.type == "vector":
        return [(low,) * len(each.default), (high,) * len(each.default)]
    return [int(low), int(high)] if each.type == "integer" else [low, high]


@row(*ALL, needs=("draws",))
def ends(operation: Operation) -> None:
    """Every parameter may go to both its ends"""
    for each in operation.params:
        for value in ends_of(each):
            did = f"set {each.name}={value}"
            if each.live:
                play, named = Play(operation), {each.name: value}
            else:
                play, named = Play(operation, values={each.name: value}), {}
            for frame in range(2):
                change = "narrow the range, or draw there too"
                drawn(play, START + frame / FPS, did, change, **named)


@row(*ALL, needs=("draws",))
def glide(operation: Operation) -> None:
    """Every parameter may glide while it plays"""
    for values, did in glides(operation):
        play = Play(operation)
        for frame, named in enumerate(values):
            change = "values between the ends, and not whole ones, must be drawn too"
            drawn(play, START + frame / FPS, did, change, **named)


def glides(operation: Operation) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """Of each parameter that can be played: its values frame by frame, and that in words."""
    steps = 6
    for each in operation.params:
        if not each.live or each.type in ("text", "file"):
            continue
        found = ends_of(each)
        if each.type in ("number", "vector", "colour"):
            low, high = found
            # The end itself: computed, it may be the float beyond it.
            found = [between(low, high, step / steps) for step in range(steps)] + [high]
            found += [low, each.default]  # and back in one frame
        else:
            found = found * 2
        yield [{each.name: v} for v in found], f"let {each.name} go from {found[0]} to {found[-3]}"


def between(low: Any, high: Any, part: float) -> Any:
    """A value on the way, of each part of a vector or colour."""
    if isinstance(low, tuple):
        return tuple(between(a, b, part) for a, b in zip(low, high, strict=True))
    return low + (high - low) * part
