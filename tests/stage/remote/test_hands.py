"""Knobs and pads are found by name and held to their ranges."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import Commit, Settings
from livegan.ipc.remote.schema import Follow, HitPad, LearnControl, SetKnob
from livegan.stage.hands.learning import Learning
from livegan.stage.hands.mapping.controls_file import CannotMap
from livegan.stage.overlay.view import View
from livegan.stage.remote.hands import RemoteHands
from livegan.stage.remote.server import Declined
from livegan.stage.remote.showing import Showing

HUE = {"name": "hue", "default": 0.3, "low": 0.0, "high": 1.0, "doc": ""}
MANY = [{**HUE, "name": f"k{number}"} for number in range(600)]


asked: list[str | None] = []


def hands(*, on_air: bool = True, knobs: Any = (HUE,)) -> tuple[RemoteHands, Showing]:
    view = View()
    if on_air:
        view = view.take(Commit(status="on_air", version=1), 0.0)
        view = view.take(Settings(None, 4, ["pad/hit"], knobs), 0.0)
    sound, thumbs = SimpleNamespace(position=0), SimpleNamespace(name="")
    memory: Any = SimpleNamespace(controls=ControlTable.create(), sound=sound, thumbs=thumbs)
    presenter: Any = SimpleNamespace(view=view)
    learning = Learning(print, asked.append, cast(Any, FakeFile()))
    showing = Showing("a", presenter, memory, learning, lambda: False)
    return RemoteHands(memory, showing, learning), showing


class FakeFile:
    def learn(self, kind: str, name: str, control: dict[str, Any]) -> str:
        return f"{kind} {name} by {control}"

    def forget(self, kind: str, name: str) -> str:
        raise CannotMap(f"{kind} {name}: mend line 3 first")


def test_a_knob_has_its_default_until_it_is_turned_and_keeps_to_its_range() -> None:
    turn, showing = hands()
    assert showing.knobs() == [{**HUE, "value": 0.3}]
    assert turn(SetKnob("hue", 0.25)) == "hue 0.25"
    assert showing.knobs()[0]["value"] == 0.25
    for wrong in (1.1, -0.1, float("nan"), float("inf")):
        with pytest.raises(Declined, match="goes from 0 to 1"):
            turn(SetKnob("hue", wrong))
    showing._controls.set("knob/hue", 7.0, 0.0)  # OSC does not know ranges
    assert showing.knobs()[0]["value"] == 1.0, "as the set reads it"
    showing._controls.unlink()


def test_a_pad_is_struck_and_what_is_for_others_is_left_to_them() -> None:
    strike, showing = hands()
    assert strike(HitPad("hit", 0.5)) == "hit 0.5"
    struck = showing._controls.get("pad/hit")
    assert struck is not None and struck.value == 0.5
    with pytest.raises(Declined, match="above 0, and 1 at most"):
        strike(HitPad("hit", 0.0))
    assert strike(Follow()) is None
    showing._controls.unlink()


@pytest.mark.parametrize(
    ("more", "name", "why"),
    [
        ({"on_air": False}, "hue", "no set is on the air yet"),
        ({"knobs": ()}, "hue", "there is no knob 'hue': the set on the air has no knobs"),
        ({}, "hoe", "there is no knob 'hoe'; did you mean 'hue'?"),
        ({}, "x" * 4000, "there is no knob 'xxx"),
    ],
)
def test_a_name_that_is_no_knob_is_answered_in_a_short_line(more: Any, name: str, why: str) -> None:
    turn, showing = hands(**more)
    with pytest.raises(Declined) as refused:
        turn(SetKnob(name, 0.5))
    assert str(refused.value).startswith(why) and len(str(refused.value)) < 200
    showing._controls.unlink()


def test_a_table_that_is_full_is_said_and_costs_no_other_knob() -> None:
    turn, showing = hands(knobs=MANY)
    with pytest.raises(Declined, match="names of this writer are in use"):
        for knob in MANY:
            turn(SetKnob(knob["name"], 0.5))
    assert turn(SetKnob("k0", 0.25)) == "k0 0.25"
    showing._controls.unlink()


def test_the_next_control_that_moves_is_learnt_and_forgotten() -> None:
    do, showing = hands()
    learning = showing._learning
    asked.clear()
    with pytest.raises(Declined, match="no knob or pad 'hoe'; did you mean 'hue'"):
        do(LearnControl("hoe"))
    assert do(LearnControl("hue")) == "move the control for hue"
    assert (asked, learning.name, learning.said) == (["knob"], "hue", "")
    learning.moved({"cc": 7})
    learning.moved({"cc": 8})
    assert (asked, learning.name, learning.said) == (["knob", None], "", "knob hue by {'cc': 7}")
    do(LearnControl("hit"))
    assert do(LearnControl()) == "nothing was learnt for hit: stopped"
    assert asked[2:] == ["pad", None]
    with pytest.raises(Declined, match="knob gone: mend line 3 first"):
        do(LearnControl("gone", forget=True))
    showing._controls.unlink()
