"""The sets that a show moves between: a folder, files and patterns, each set once."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.cli.console.choosing import chosen_scenes

SET = "from livegan.live import *\nshow(encode.levels(listen()))\n"


@pytest.fixture
def gig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("dark", "bright", "safe"):
        (tmp_path / f"{name}.py").write_text(SET)
    (tmp_path / "colours.py").write_text("RED = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_has_its_sets_but_no_modules_and_not_the_safe_set(gig: Path) -> None:
    first, scenes = chosen_scenes(gig, [])
    assert [path.name for path in scenes] == ["bright.py", "dark.py"] and first == scenes[0]


def test_the_set_that_is_named_plays_first_and_none_is_there_twice(gig: Path) -> None:
    first, scenes = chosen_scenes(Path("dark.py"), ["*.py", "bright.py", "safe.py"])
    assert first == gig / "dark.py"
    assert [path.name for path in scenes] == ["dark.py", "bright.py", "safe.py"]
    assert all(path.is_absolute() for path in scenes)


def test_a_show_of_one_set_has_no_scenes(gig: Path) -> None:
    assert chosen_scenes(Path("dark.py"), []) == (gig / "dark.py", ())
    assert chosen_scenes(None, ["dark.py"]) == (gig / "dark.py", ())
