"""Code of a set can neither end the process nor ask whoever is at its terminal."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.engine.isolation.process_state import ProcessState
from livegan.engine.isolation.unattended import unattended
from tests.engine.playing import Show, one_leaf

text = functools.partial(one_leaf, modules="os, sys")


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    show = Show(tmp_path, text())
    with unattended():
        show.save()
        show.play(0.2)
        yield show
        assert {f.version for f in show.play(0.2)} == {show.player.program.version}
    show.player.close()


@pytest.mark.parametrize("call", ["os._exit(3)", "os.abort()", "sys.exit()", "exit()"])
@pytest.mark.parametrize("where", ["top", "leaf"])
def test_a_set_cannot_end_the_engine(show: Show, where: str, call: str) -> None:
    commit = show.save(text(**{where: call}))
    assert commit is not None and commit.status == "refused"
    assert "a set cannot call exit()" in commit.reason


def test_nobody_answers_a_question(show: Show) -> None:
    commit = show.save(text("input('well?')"))
    assert commit is not None and commit.status == "refused"
    assert "a set cannot use input()" in commit.reason and commit.where.endswith("set.py:6")


def test_a_process_that_was_started_still_ends() -> None:
    with unattended():
        with pytest.raises(SystemExit):
            os._exit(3)
        if hasattr(os, "fork"):
            child = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", "import os; os._exit(5)"])  # noqa: E501  # fmt: skip
            assert child == 5


def test_one_inside_another_changes_nothing() -> None:
    before = os._exit, os.abort, sys.stdin
    with unattended():
        around = ProcessState()
        inside = os._exit, os.abort, sys.stdin
        assert not set(inside) & set(before)
        with unattended():
            assert (os._exit, os.abort, sys.stdin) == inside
        assert (os._exit, os.abort, sys.stdin) == inside
        assert around.put_back() == ([], [])
    assert (os._exit, os.abort, sys.stdin) == before
