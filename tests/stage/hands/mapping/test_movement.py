"""The control that a hand moves is found among what is sent anyway."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from livegan.stage.hands.mapping.movement import MovementFinder

DESK = {"channel": 1, "port": "desk"}


def learnt(*messages: tuple[str, float], kind: Literal["knob", "pad"] = "knob") -> Any:
    learner = MovementFinder()
    learner.want(kind, 0.0)
    for what, value in messages:
        name = what if what.startswith("osc") else f"midi/desk/1/{what}"
        value = value / 127 if what.startswith("cc") else value
        found = learner.take(name, value, 0.1)
        if found is not None:
            assert learner.kind is None, "one is enough"
            return found
    return None


def cc(number: int, *values: int) -> list[tuple[str, float]]:
    return [(f"cc {number}", value) for value in values]


@pytest.mark.parametrize(
    ("messages", "control"),
    [
        (cc(7, 64), None),
        (cc(7, 64, 65, 64, 65), None),  # noise
        (cc(7, 60, 61, 62), {"cc": 7}),
        (cc(7, 127, 0), {"cc": 7}),  # a button
        (cc(7, 3, 2, 1), {"cc": 7}),  # a fader near its end
        (cc(16, 1, 1, 1), {"cc": 16, "relative": "twos-complement"}),
        (cc(16, 1, 127), {"cc": 16, "relative": "twos-complement"}),
        (cc(16, 127, 127, 127), {"cc": 16, "relative": "twos-complement"}),
        (cc(16, 65, 65, 63), None),
        (cc(16, 65, 65, 63, 63), {"cc": 16, "relative": "binary-offset"}),
        (cc(16, 1, 65), {"cc": 16, "relative": "sign-magnitude"}),
        ([("cc 7", 64), ("cc 39", 10), ("cc 7", 64), ("cc 39", 90)], {"cc": 7, "bits": 14}),
        ([("cc 99", 2), ("cc 98", 44), ("cc 6", 10), ("cc 6", 90)], {"nrpn": 300}),
        ([("hit 36", 0.5), ("note 36", 0.5)], {"note": 36}),
        ([("bend", 0.01), ("bend", -0.4)], {"bend": True}),
        ([("program", 4.0)], {"program": True}),
    ],
)  # fmt: skip
def test_a_midi_control_is_known_by_how_it_moves(
    messages: list[tuple[str, float]], control: dict[str, Any] | None
) -> None:
    assert learnt(*messages) == (None if control is None else {**control, **DESK})


def test_an_address_is_learnt_with_a_guess_at_its_ends() -> None:
    assert learnt(("osc/1/fader#0", 0.3)) == {"osc": "/1/fader"}
    assert learnt(("osc/xy#1", 90.0)) == {"osc": "/xy", "arg": 1, "input": [0.0, 127.0]}
    assert learnt(("osc/tilt#0", -0.2)) == {"osc": "/tilt", "input": [-1.0, 1.0]}
    assert learnt(("osc/a b#0", 0.3)) is None


def test_a_pad_is_learnt_from_one_blow() -> None:
    assert learnt(*cc(20, 0, 127), kind="pad") == {"cc": 20, **DESK}


def test_what_sends_all_the_time_is_no_hand() -> None:
    learner = MovementFinder()
    for step in range(20):
        learner.take("osc/accxyz#0", step / 20, step / 10)
    learner.want("knob", 2.0)
    assert learner.take("osc/accxyz#0", 0.9, 2.1) is None
    assert learner.take("osc/fader#0", 0.5, 2.2) == {"osc": "/fader"}
    assert learner.take("osc/fader#0", 0.6, 2.3) is None
    learner.want("knob", 2.4)
    assert learner.take("osc/fader#0", 0.7, 2.5) is None
    assert learner.take("osc/fader#0", 0.8, 3.1) == {"osc": "/fader"}, "it rested meanwhile"
    learner.want("knob", 60.0)
    assert learner.take("osc/accxyz#0", 0.9, 60.0) == {"osc": "/accxyz"}
