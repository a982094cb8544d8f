"""Every move makes small edits that the set language takes, of every set of livegan's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan import share
from livegan.autopilot.choosing import made
from livegan.autopilot.ear import MusicHeard
from livegan.autopilot.edit import taken_back
from livegan.autopilot.repertoire import moves_of, words_of
from livegan.autopilot.set_code import SetCode
from livegan.autopilot.sight import PictureSeen
from livegan.engine.commit.script import run
from livegan.plugin import registry

SETS = sorted(share.folder("sets").glob("*.py"))
KEPT = """from livegan.live import *
sound = listen()  # keep
wave = encode.waveform(sound)  # keep
a = model("nebula", wave)  # keep
b = model("city", wave)  # keep
show(grid(a, b, gap=0.1))  # keep
"""


def edits(text: str, seeds: int) -> dict[str, list[str]]:
    """What each move makes of a text, by its name."""
    found = registry.current()
    words, moves = words_of(found), moves_of(found, "livegan")
    made_of: dict[str, list[str]] = {}
    for move in moves:
        for seed in range(seeds):
            edit = made(
                move,
                SetCode(text, words),
                seed=str(seed),
                heard=MusicHeard(),
                seen=PictureSeen(dead=("b",)),
                scenes=(),
                refused=lambda before, after: False,
            )
            if edit is not None:
                assert edit.said and edit.said != move.name
                assert taken_back(edit.after, edit.before, edit.after) == text
                made_of.setdefault(move.name, []).append(edit.after)
    return made_of


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_a_set_can_be_played_after_any_move(path: Path) -> None:
    text = path.read_text("utf-8")
    for name, texts in edits(text, 1).items():
        for after in texts:
            run(path, after), name


def test_four_networks_can_be_played_with_in_all_ways() -> None:
    path = share.folder("sets") / "four.py"
    found = edits(path.read_text("utf-8"), 4)
    moves = {move.name for move in moves_of(registry.current(), "livegan")}
    assert moves - found.keys() == {"another_scene", "whole_grid"}
    for texts in found.values():
        for after in texts:
            run(path, after)


def test_lines_that_are_kept_are_left_alone() -> None:
    assert edits(KEPT, 4) == {}


def test_another_scene_is_one_of_the_show() -> None:
    found = registry.current()
    move = next(m for m in moves_of(found) if m.name == "another_scene")
    edit = made(
        move,
        SetCode(KEPT, words_of(found)),
        seed="1",
        heard=MusicHeard(),
        seen=PictureSeen(),
        scenes=("sets/next.py",),
        refused=lambda before, after: False,
    )
    assert edit is not None and edit.scene == "sets/next.py" and edit.said == "scene next"
