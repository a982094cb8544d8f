"""What a set reaches on a machine is said with what would raise it."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.engine.first_seconds import SECONDS, FirstSeconds
from livegan.engine.program.program import Program
from livegan.engine.program.reach import reach

from ..playing import Show

TEXT = """
from livegan.live import *
settings(swap="now"{rate})
sound = listen()
a = model("stone", encode.levels(sound))
b = model("water", encode.levels(sound, gain=2))
c = model("fire", encode.waveform(sound))
show(grid(a, b, c))
"""


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Show:
    """Three slots at 64 px, of which `b` takes the longest."""
    show = Show(tmp_path_factory.mktemp("reach"), TEXT.format(rate=""))
    show.save()
    show.play(0.04)
    for slot, seconds in zip(program(show).slots, (0.02, 0.04, 0.02), strict=True):
        slot.instance.took_s = seconds
    return show


def program(show: Show) -> Program:
    """What is on the air."""
    assert show.player.program is not None
    return show.player.program


def test_a_set_that_is_fast_enough_has_no_advice(show: Show) -> None:
    found = reach(program(show), 0.03, 30.0, 1)
    assert not found.slow
    assert found.text == "33 pictures a second here"
    assert found.short == ""


def test_a_slow_set_has_the_numbers_and_what_would_raise_them(show: Show) -> None:
    found = reach(program(show), 0.1, 30.0, 1)
    assert found.short == "slow: 10 of 30 fps"
    assert (
        found.line == "10 pictures a second here, of 30: each takes 100 ms, 80 of them the models"
    )
    hold, *_, without = found.advice
    assert 'settings(rate="hold")' in hold
    assert "1 of 3 in a frame" in hold
    assert hold.endswith("about 21 a second")
    assert without == "without b it is about 17 a second"


def test_slots_that_paint_at_once_count_by_the_clock(show: Show) -> None:
    assert reach(program(show), 0.1, 30.0, 2).painting_ms == pytest.approx(40)


def test_slots_that_take_turns_count_as_often_as_they_paint(show: Show) -> None:
    found = reach(program(show), 0.1, 30.0, 1, turns=1)
    assert found.painting_ms == pytest.approx(80 / 3)
    assert not any(line.startswith("without") for line in found.advice)


def test_a_size_that_the_canvas_does_not_change_is_said(tmp_path: Path) -> None:
    show = Show(tmp_path, TEXT.format(rate=""), size=32)
    show.save()
    show.play(0.04)
    found = reach(program(show), 0.1, 30.0, 1)
    sizes = next(line for line in found.advice if "px" in line)
    assert "a, b, c paint at 128 px, the size of the model's card" in sizes
    assert "which the size of the canvas does not change" in sizes


def test_the_performer_is_told_once_and_not_while_something_is_built(show: Show) -> None:
    told: list[str] = []
    first = FirstSeconds(told.append)
    show.player.fps = 30.0
    frames = int(2 * SECONDS / 0.1)
    for frame in range(frames):
        first.frame(show.player, 1, 0.1, frame * 0.1, busy=True)
    assert not told
    for frame in range(frames, 5 * frames):
        first.frame(show.player, 1, 0.1, frame * 0.1, busy=False)
    assert len(told) == 1
    assert told[0].startswith("10 pictures a second here, of 30")
    assert first.reach is not None
    for frame in range(5 * frames, 8 * frames):
        first.frame(show.player, 2, 0.01, frame * 0.1, busy=False)
    assert first.reach.short == ""
    assert len(told) == 1
