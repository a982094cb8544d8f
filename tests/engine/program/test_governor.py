"""The governor holds a rate by letting slots take turns, and does not hunt."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from livegan.engine.program.governor import Governor, SlotTurns
from livegan.engine.program.nodes.instance import Instance
from livegan.engine.program.paint_threads import PaintThreads

from ..playing import Show

RATE = 25.0


def played(
    cost: Callable[[float, int], float], seconds: float, slots: int = 4, rest_s: float = 0.01
) -> tuple[Governor, list[tuple[float, int]]]:
    """Frames on a clock of their own: the governor afterwards, and each change of the number of
    slots, (seconds, slots a frame)."""
    governor, now = Governor(), 0.0
    changes: list[tuple[float, int]] = []
    while now < seconds:
        painting = governor.painting(slots, 2)
        if not changes or changes[-1][1] != painting:
            changes.append((now, painting))
        took = cost(now, painting)
        now += max(took, 1 / RATE)
        governor = governor.look(now, took, took - rest_s, slots, 2, RATE)
    return governor, changes


def two_cores(slot_s: float) -> Callable[[float, int], float]:
    """What a frame takes on two cores."""
    return lambda now, painting: 0.01 + -(-painting // 2) * slot_s


def test_a_set_that_is_fast_enough_paints_every_slot() -> None:
    governor, changes = played(two_cores(0.012), 60)
    assert [painting for _, painting in changes] == [4]
    assert governor.line(4, 2, RATE) == ""


def test_a_slow_set_paints_half_of_its_slots_within_a_second_and_stays_there() -> None:
    governor, changes = played(two_cores(0.025), 120)
    assert [painting for _, painting in changes] == [4, 2]
    assert changes[1][0] < 1.0
    assert governor.line(4, 2, RATE) == "holds 25 fps: 2 of 4 slots a frame"


def test_a_rate_that_cannot_be_held_is_said() -> None:
    governor, changes = played(two_cores(0.2), 20)
    assert [painting for _, painting in changes] == [4, 2]
    assert governor.line(4, 2, RATE) == "cannot hold 25 fps with 2 of 4 slots a frame"


def test_when_the_machine_is_free_again_every_slot_paints_again() -> None:
    busy, free = two_cores(0.025), two_cores(0.01)
    _, changes = played(lambda now, painting: (busy if now < 20 else free)(now, painting), 60)
    assert [painting for _, painting in changes] == [4, 2, 4]
    assert 20 < changes[-1][0] < 26


def test_it_does_not_hunt_where_more_looks_possible_and_is_not() -> None:
    # Half of the slots take little; all of them much more than twice of it.
    _, changes = played(lambda now, painting: {2: 0.015, 4: 0.06}[painting], 600)
    tries = [at for at, painting in changes[1:] if painting == 4]
    waits = [after - before for before, after in itertools.pairwise(tries)]
    assert len(tries) < 10
    assert waits[0] < waits[1] < waits[2]
    assert max(waits) > 100


def test_one_slow_frame_changes_nothing() -> None:
    def cost(now: float, painting: int) -> float:
        return 0.3 if 10 < now < 10.3 else 0.03

    _, changes = played(cost, 60)
    assert [painting for _, painting in changes] == [4]


def test_frames_around_the_limit_change_nothing() -> None:
    _, changes = played(lambda now, painting: 0.038 + 0.006 * (int(now * 25) % 2), 120)
    assert [painting for _, painting in changes] == [4]


def test_a_clock_that_goes_back_does_no_harm() -> None:
    governor = Governor()
    for now in (100.0, 100.1, 5.0, 5.1, float("nan"), 5.2, 5.3, 5.4, 5.9, 6.0):
        governor = governor.look(now, 0.1, 0.09, 4, 2, RATE)
    assert governor.rounds == 1


def test_other_slots_begin_anew() -> None:
    governor, _ = played(two_cores(0.025), 10)
    assert governor.look(11.0, 0.02, 0.01, 2, 2, RATE).painting(2, 2) == 2
    assert governor.look(11.0, 0.02, 0.01, 9, 2, RATE).rounds == 1


class Painted(Instance):
    """A slot."""

    def __init__(self) -> None:
        super().__init__()
        self.last = torch.zeros(3, 8, 8)


def turns(moves: list[float], frames: int, count: int = 2) -> list[int]:
    """How often each slot painted, whose condition moves so far in a frame."""
    slots = [Painted() for _ in moves]
    chooser = SlotTurns()
    chooser.count = count
    painted = [0] * len(moves)
    for frame in range(frames):
        conditions = [torch.full((3, 40, 40), (frame * move) % 1) for move in moves]
        now = chooser.painting(list(zip(slots, conditions, strict=True)), len(slots))
        assert sum(now) == (len(moves) if frame == 0 else count)
        painted = [n + paints for n, paints in zip(painted, now, strict=True)]
    return painted


def test_slots_that_change_alike_paint_in_turn() -> None:
    painted = turns([0.01] * 4, 101)
    assert max(painted) - min(painted) <= 1


def test_a_slot_whose_condition_stands_still_is_repeated_and_not_for_ever() -> None:
    still, *moving = turns([0.0, 0.05, 0.05, 0.05], 100)
    assert 3 < still < min(moving) / 2


def test_a_slot_without_a_picture_paints() -> None:
    slots = [Painted(), Painted(), Painted()]
    chooser = SlotTurns()
    chooser.count = 1
    given = [(slot, torch.zeros(3, 8, 8)) for slot in slots]
    chooser.painting(given, 3)
    slots[2].last = None
    assert chooser.painting(given, 3)[2]


def test_without_a_governor_all_paint() -> None:
    chooser = SlotTurns()
    given: list[tuple[Instance, torch.Tensor]] = [(Painted(), torch.zeros(3, 8, 8))] * 1
    assert chooser.painting(given, 1) == [True]
    assert chooser.painting(given, 1) == [True]


GOVERNED = """
from livegan.live import *
settings(swap="now", dissolve=0, rate={rate})
sound = listen()
a = model("stone", encode.levels(sound))
b = model("water", encode.levels(sound, gain=2))
c = model("fire", encode.waveform(sound))
show(grid(a, b, c))
"""


def test_a_show_paints_in_turn_and_a_rehearsal_does_not(tmp_path: Path) -> None:
    show = Show(tmp_path, GOVERNED.format(rate='"hold"'))
    show.save()
    show.player.paint_threads = PaintThreads(1)
    show.player.clock = lambda: 1.0  # at which no time passes, so the governor changes nothing
    for governs, repeats in ((False, 0), (True, 2)):
        show.player.governs = governs
        show.play(0.08)
        show.player.governor = Governor(1, since=0.0)
        show.play(0.08)
        program = show.player.program
        assert program is not None
        before = [slot.instance.last for slot in program.slots]
        show.play(0.04)
        after = [slot.instance.last for slot in program.slots]
        assert sum(a is b for a, b in zip(before, after, strict=True)) == repeats
        assert show.player.pace == ("holds 25 fps: 1 of 3 slots a frame" if governs else "")


@pytest.mark.parametrize("rate", ["0.5", '"slow"', "1000"])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rate: str) -> None:
    commit = Show(tmp_path, GOVERNED.format(rate=rate)).save()
    assert commit is not None
    assert commit.status == "refused"
    assert 'rate is "hold" or a number from 1 to 240' in commit.reason
