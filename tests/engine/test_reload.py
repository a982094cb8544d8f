"""Every reload case in tests/reload: a set that plays, a save, and what must come of it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.engine.playing import Show

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = sorted(p.parent for p in (Path(__file__).parent.parent / "reload").glob("*/expect.toml"))


def lay(case: Path, which: str, folder: Path) -> None:
    """Copy the extra files of a case, if it has any."""
    if (case / which).is_dir():
        shutil.copytree(case / which, folder, dirs_exist_ok=True)


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_reload_case(case: Path, tmp_path: Path) -> None:
    expect = tomllib.loads((case / "expect.toml").read_text())
    lay(case, "before", tmp_path)
    show = Show(tmp_path, (case / "before.py").read_text())
    first = show.save()
    assert first is not None and first.status == "cued", first.reason
    show.play(0.5)
    playing = show.player.program
    before = {step.name: step.instance for step in playing.steps}

    lay(case, "after", tmp_path)
    commit = show.save((case / "after.py").read_text())
    if expect["status"] == "none":
        assert commit is None
        return
    assert commit is not None
    frames = show.play(3.0)
    assert commit.status == expect["status"], commit.reason
    assert not show.faults
    if commit.status == "refused":
        assert expect["reason"] in commit.reason
        assert "\n" not in commit.reason
        name, _, line = expect["where"].partition(":")
        if line != "0":
            assert commit.where.endswith(f"{name}:{line}"), commit.where
        assert show.player.program is playing
        assert {f.version for f in frames} == {1}
        return
    assert show.player.program.version == 2
    assert sorted(commit.kept) == sorted(expect["kept"])
    assert sorted(commit.built) == sorted(expect["built"])
    if "retired" in expect:
        assert sorted(commit.retired) == sorted(expect["retired"])
    after = {id(step.instance) for step in show.player.program.steps}
    assert len([i for i in before.values() if id(i) in after]) >= len(expect["kept"])


def test_the_changed_number_is_heard_in_the_picture(tmp_path: Path) -> None:
    case = CASES[0].parent / "number_changed"
    show = Show(tmp_path, (case / "before.py").read_text())
    show.save()
    still = show.play(0.4)[-1].picture
    show.save((case / "after.py").read_text())
    show.play(3.0)
    here = show.history.position
    show.history.position = here
    changed = show.player.frame(here).picture
    again = Show(tmp_path, (case / "before.py").read_text())
    again.save()
    again.play(0.4)
    assert changed.shape == still.shape
    assert (changed - again.player.frame(here).picture).abs().max() > 0.001
