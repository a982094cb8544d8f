"""Takes: moves of hands that a show recorded, and knobs that the command line turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.ipc.recorded_controls import RecordedControls
from livegan.rehearsal import Rehearsal, rehearse
from livegan.take import TakeError, knob_curve, moves_between, read_take

SET = """from livegan.live import *
wave = encode.waveform(listen())
show(wave.brightness(knob("light", 0.25)))
"""


def test_a_take_is_read_as_it_was_written(tmp_path: Path) -> None:
    with ControlTable.create() as table:
        before = table.snapshot()
        table.set("knob/hue", 0.4, 1.5)
        table.set("pad/höher", 1.0, 1.25)
        after = table.snapshot()
    lines = list(moves_between(before, after))
    file = tmp_path / "take.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert read_take(file) == {"pad/höher": [(1.25, 1.0)], "knob/hue": [(1.5, 0.4)]}
    assert list(moves_between(after, after)) == []


def test_a_take_whose_last_line_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    file = tmp_path / "take.jsonl"
    file.write_text('{"time": 1, "name": "knob/hue", "value": 0.5}\n{"time": 2, "na')
    assert read_take(file) == {"knob/hue": [(1.0, 0.5)]}


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "7",
        "null",
        '{"time": 1, "name": 3, "value": 0.5}',
        '{"time": "soon", "name": "a", "value": 0.5}',
        '{"time": NaN, "name": "a", "value": 0.5}',
        '{"time": 1, "name": "a", "value": 1e999}',
        "\xff",
    ],
)
def test_what_is_no_take_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "take.jsonl"
    file.write_bytes(b'{"time": 1, "name": "a", "value": 0}\n' + line.encode("latin-1") + b"\n")
    with pytest.raises(TakeError, match=r"take.jsonl:2: not a move; a line is"):
        read_take(file)


def test_a_knob_is_turned_to_a_value_or_along_a_line() -> None:
    assert knob_curve("hue=0.7") == ("knob/hue", [(0.0, 0.7)])
    assert knob_curve("hue=0:0, 10:1") == ("knob/hue", [(0.0, 0.0), (10.0, 1.0)])
    recorded = RecordedControls({"knob/hue": [(0, 9)]}, dict([knob_curve("hue=2:0, 10:1")]))
    found = [recorded.snapshot(time)["knob/hue"].value for time in (0, 2, 6, 10, 99)]
    assert found == [0.0, 0.0, 0.5, 1.0, 1.0]


@pytest.mark.parametrize("text", ["hue", "hue=", "=1", "a b=1", "hue=red", "hue=0:0,1", "hue=nan"])
def test_what_is_no_value_of_a_knob_is_refused(text: str) -> None:
    with pytest.raises(TakeError, match=f"--knob {text}: write NAME=VALUE"):
        knob_curve(text)


def rehearsed(folder: Path, controls: RecordedControls) -> tuple[list[float], list[str]]:
    """How bright each of ten pictures is, and what was noted."""
    file = folder / "set.py"
    file.write_text(SET)
    bright: list[float] = []
    notes: list[str] = []
    what = Rehearsal(set=file, seconds=1, fps=10, size=16, folder=folder, controls=controls)
    rehearse(
        what,
        on_frame=lambda frame, pixels: bright.append(float(frame.picture.mean())),
        on_message=lambda m: notes.append(m["text"]) if m["type"] == "note" else None,
    )
    return bright, notes


def test_a_rehearsal_turns_its_knobs_and_says_which_the_set_does_not_have(tmp_path: Path) -> None:
    idle, notes = rehearsed(tmp_path, RecordedControls({}))
    assert len(set(idle)) == 1 and notes == []
    moves = RecordedControls({}, dict([knob_curve("light=0:0,1:1"), knob_curve("ligth=1")]))
    bright, notes = rehearsed(tmp_path, moves)
    assert bright == sorted(bright) and bright[0] < idle[0] < bright[-1]
    assert notes == ["--knob ligth: the set has no such knob; did you mean 'light'?"]
    assert rehearsed(tmp_path, moves)[0] == bright
