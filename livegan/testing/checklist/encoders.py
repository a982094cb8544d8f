"""Checks of encoders: sound to condition."""

from __future__ import annotations

import numpy as np

from livegan.plugin import Operation
from livegan.size import Size
from livegan.testing.checklist.frames import ALL, START, drawn, listens, repeats
from livegan.testing.playing import FPS, Play, apart, same
from livegan.testing.rows import Flaw, row

SIZES = (1, 33, 96)
OBLONG = ((24, 40), (40, 24))
"""(height, width) of canvases that are no squares."""
STATE = (
    "make it a function of the sound alone; what must accumulate is a class with feed(block), "
    "which is handed every hop of sound in order"
)


@row("encoder", needs=("draws",))
def sizes(operation: Operation) -> None:
    """It draws at any size"""
    for size in SIZES:
        did = f"asked for {size} x {size} pixels"
        play = Play(operation, size=size)
        picture = drawn(play, 3.0, did, "take `size`, and let everything follow it")
        if "size" in operation.context and picture.shape[1:] != (size, size):
            seen = f"a picture of {picture.shape[2]} x {picture.shape[1]}"
            raise Flaw(did, seen, "draw (height, width) = size, or do not ask for it")
    for height, width in OBLONG if "size" in operation.context else ():
        did = f"asked for {width} x {height} pixels"
        change = "size is (height, width): draw an array of shape size, or (*size, 3)"
        picture = drawn(Play(operation, size=Size(height, width)), 3.0, did, change)
        if picture.shape[1:] != (height, width):
            seen = f"a picture of {picture.shape[2]} x {picture.shape[1]}"
            raise Flaw(did, seen, change)


@row("encoder", needs=("draws", "deterministic"), when=repeats)
def cut(operation: Operation) -> None:
    """The picture is the same however the sound is cut, and whichever frames were drawn before"""
    whole, odd = Play(operation, "music"), Play(operation, "odd blocks")
    stop = 2.5
    wanted = whole.through(START, stop)
    odd.at(START)
    for seconds in (1.01, 1.02, 1.4, 1.45, 2.0, 2.37):
        odd.at(seconds)
    found = odd.at(stop)
    if not same(wanted, found):
        done = f"played to {stop:g} s in even frames, and again in odd blocks with other frames"
        raise Flaw(done, apart(wanted, found), STATE)


@row("encoder", needs=("draws", "deterministic"), when=repeats)
def replay(operation: Operation) -> None:
    """Built in the middle of a show, it draws what it would have drawn had it played all along"""
    live, late = Play(operation), Play(operation)
    live.through(START, 2.5)
    for frame in range(6):
        seconds = 2.5 + frame / FPS
        wanted, found = live.at(seconds), late.at(seconds)
    if not same(wanted, found):
        done = "played from 1 s, and again from 2.5 s as after a save"
        raise Flaw(done, apart(wanted, found), STATE)


@row(*ALL, needs=("draws",), when=listens)
def inputs(operation: Operation) -> None:
    """It leaves the sound as it is"""
    play = Play(operation)
    for frame in range(3):
        play.at(START + frame / FPS)
        assert play.heard is not None
        for name, before, now in play.heard.answers:
            if not np.array_equal(before, now, equal_nan=True):
                raise Flaw(
                    "looked at what the sound had answered",
                    f"it wrote into the array of sound.{name}(...), which in a show is read-only",
                    f"work on a copy: sound.{name}(...).copy()",
                )
