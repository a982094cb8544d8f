"""A rehearsal with the autopilot: equal nights are equal, and mistakes of moves cost only them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from livegan.cli import app
from livegan.plugin import registry
from livegan.rehearsal import Edit, Rehearsal, rehearse
from livegan.sound import RATE
from tests.engine.playing import sound
from tests.rehearsal.test_rehearsing import write_wav

SET = """from livegan.live import *

settings(bpm=240, dissolve=0.1, autopilot=dict(bold=1, change="2 bars"))

sound = listen()
wave = encode.waveform(sound)  # keep
levels = encode.levels(sound)

a = wave.hue(0.2)
b = levels.blend(wave, 0.3)

show(a.screen(b, 0.5))
"""
SECONDS = 12.5
PLUGIN = """
from livegan.plugin import hookimpl

def raises(score):
    raise RuntimeError("no idea")

def unknown(score):
    return score.wrapped(score.picture, "{}.nosuchmixer()").saying("a mistake")

def good(score, *, chance):
    return score.wrapped(score.picture, "{}.hue(0.5)").saying("other colours")

@hookimpl
def register_moves(register):
    for move in (raises, unknown, good):
        register(move, when=("section", "steady", "build", "drop", "calm", "silence"))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    samples, _ = sound()
    write_wav(tmp_path / "music.wav", samples[: round(SECONDS * RATE)])
    (tmp_path / "set.py").write_text(SET)
    return tmp_path


def night(folder: Path, **more: Any) -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []
    what = Rehearsal(
        folder / "set.py",
        audio=folder / "music.wav",
        folder=folder,
        seconds=SECONDS,
        fps=4,
        size=48,
        **{"autopilot": "livegan", **more},
    )
    report = rehearse(what, on_message=lambda m: said.append(str(m.get("text", "")))).report
    return report, [line for line in said if line.startswith("autopilot: ")]


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in (folder / "autopilot.jsonl").read_text().splitlines()]


def test_the_same_sound_set_and_seed_give_the_same_night_bit_for_bit(folder: Path) -> None:
    first, said = night(folder, report=folder / "one")
    second, again = night(folder, report=folder / "two")
    assert first["frame_digests"] == second["frame_digests"] and said == again
    assert len(said) >= 2 and first["autopilot"]["moves"] >= 2
    ended = (folder / "one" / "autopilot.py").read_text()
    assert ended == (folder / "two" / "autopilot.py").read_text() != SET
    assert "wave = encode.waveform(sound)  # keep\n" in ended
    rows = rows_of(folder / "one")
    assert [row["reason"] for row in rows] == [line.removeprefix("autopilot: ") for line in said]
    assert (folder / "set.py").read_text() == SET, "the file stays as it was"


def test_an_edit_of_another_hand_is_waited_for_and_gone_on_from(folder: Path) -> None:
    mine = folder / "mine.py"
    mine.write_text(SET.replace("wave.hue(0.2)", "wave.hue(0.7)"))
    report, said = night(folder, edits=[Edit(3.0, mine)], report=folder / "r")
    assert any("you typed" in line for line in said)
    rows = rows_of(folder / "r")
    assert not [row for row in rows if 3.3 < row["at"] < 10.9]
    assert report["faults"] == []
    assert all("wave.hue(0.7)" in row["text"] for row in rows if row["at"] > 4)


def test_moves_of_a_plugin_that_fail_or_are_refused_are_left_out(folder: Path) -> None:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "mine.py").write_text(PLUGIN)
    before = registry.current()
    registry.use(registry.Registry().load(folder / "plugins", installed=False))
    try:
        report, said = night(folder, autopilot="mine")
    finally:
        registry.use(before)
    lines = "\n".join(said)
    assert report["autopilot"]["moves"] >= 1 and "other colours" in lines
    assert lines.count("the move raises failed") <= 1
    assert lines.count("the move unknown is left out tonight") <= 1
    assert report["autopilot"]["refused"] == lines.count("the move unknown is left out")
    assert "left out tonight" in lines


def test_an_autopilot_that_nobody_offers_is_refused_with_the_closest(folder: Path) -> None:
    words = ["rehearse", str(folder / "set.py"), "--audio", "demo", "--autopilot", "livegam"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert "there is no autopilot 'livegam'; did you mean 'livegan'?" in result.output


def test_its_name_may_be_left_out_before_options_and_files(folder: Path) -> None:
    audio = ["--audio", str(folder / "music.wav"), "--fps", "5", "--size", "48"]
    words = ["rehearse", "--autopilot", str(folder / "set.py"), *audio, "--seconds", "1"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "autopilot: 0 moves" in result.output
