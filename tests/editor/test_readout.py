"""Values stand beside the lines that they belong to, also while those move."""

from __future__ import annotations

from pathlib import Path

from livegan.editor.readout import HintLine, PlayedSet, beside_lines, headline, refusal_of
from livegan.ipc.remote.schema import ShowState
from tests.editor.stand_in_show import node, signal

TEXT = "from livegan.live import *\nhue = knob('hue')\nshow(a.hue(hue))\n"
STATE = ShowState(version=3, on_air_at=8.0, time=73.5, engine="playing", fps=29.8, commit="on_air")


def playing(**fields: object) -> PlayedSet:
    state = ShowState(**{**vars(STATE), **fields})  # type: ignore[arg-type]
    return PlayedSet("set", state, TEXT)


def test_a_value_has_the_name_of_its_variable_or_its_parameter_and_a_line_its_time() -> None:
    signals = [
        signal(2, "knob hue", 0.3, "value"),
        signal(3, "turn", 0.6125),
        signal(3, "sound.low", 1234.56, "part"),
    ]
    found = beside_lines(playing(signals=signals, nodes=[node(3, 8.25), node(3, 1.0)]), TEXT)
    assert found == [
        HintLine(0, "version 3 on the air for 1:05, 30 fps"),
        HintLine(1, "hue 0.30"),
        HintLine(2, "turn 0.61  sound.low 1235  9.2 ms"),
    ]


def test_values_move_with_their_lines_and_a_line_that_was_edited_has_none() -> None:
    now = playing(signals=[signal(2, "knob hue", 0.3, "value"), signal(3, "turn", 0.5)])
    moved = TEXT.replace("hue =", "# the colour\n\nhue =")
    assert beside_lines(now, moved)[1:] == [HintLine(3, "hue 0.30"), HintLine(4, "turn 0.50")]
    edited = TEXT.replace("a.hue(", "a.blur(")
    assert beside_lines(now, edited)[1:] == [HintLine(1, "hue 0.30")]


def test_the_lines_of_the_safe_set_are_others() -> None:
    now = playing(safe=True, signals=[signal(2, "knob hue", 0.3, "value")])
    assert [each.line for each in beside_lines(now, TEXT)] == [0]


def test_a_module_beside_the_set_has_its_own_values(tmp_path: Path) -> None:
    file = tmp_path / "tools.py"
    file.write_text("def f():\n    return listen().low\n")
    row = {**signal(2, "sound.low", 0.4), "file": str(file)}
    now = playing(signals=[row, signal(2, "hue", 0.1)])
    assert beside_lines(now, file.read_text(), str(file)) == [HintLine(1, "sound.low 0.40")]


def test_the_first_line_says_what_is_on_the_air() -> None:
    assert headline(playing(), TEXT) == "version 3 on the air for 1:05, 30 fps"
    assert headline(playing(), TEXT + "\n").endswith("30 fps, not saved")
    assert headline(playing(commit="refused"), TEXT).endswith("the newest save was refused")
    assert headline(playing(commit="cued"), TEXT).endswith("waits for its beat")
    assert headline(playing(safe=True), "x") == "safe set on the air for 1:05, 30 fps"
    assert headline(playing(engine="returning"), TEXT).endswith("engine returning")
    assert headline(playing(version=None, waiting="preparing the set"), "") == "preparing the set"


def test_a_refusal_has_its_file_and_line() -> None:
    refused = playing(refusal="set.py:3: no such thing", refused_at="/gig/set.py:3")
    assert refusal_of(refused, "/gig/set.py") == ("/gig/set.py", 3, "no such thing")
    nowhere = playing(refusal="it cannot be read")
    assert refusal_of(nowhere, "/gig/set.py") == ("/gig/set.py", None, "it cannot be read")
    assert refusal_of(playing(), "/gig/set.py") is None
