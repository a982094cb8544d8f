"""Commits are numbered, told as they stand, and found by the program that they brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livegan.engine.commit.commits import REMEMBERED, Commits, changed_lines
from livegan.engine.commit.script import Refusal
from livegan.graph.place import Place
from livegan.ipc.messages import FROM_ENGINE, Commit
from livegan.ipc.wire import decode, encode


def test_a_commit_is_told_each_time_it_comes_further() -> None:
    told: list[Any] = []
    commits = Commits(told.append)
    commit = commits.add(2.0, Path("set.py"))
    assert told == []
    commits.tell(commit)
    commits.tell(commit, "proven")
    commits.refuse(commit, Refusal("no such thing", Place("set.py", 3)))
    assert [m.status for m in told] == ["proposed", "proven", "refused"]
    assert [m.id for m in told] == [1, 1, 1]
    assert (told[-1].reason, told[-1].where) == ("no such thing", "set.py:3")


def test_what_was_told_stays_as_it_was_while_the_commit_goes_on() -> None:
    told: list[Any] = []
    commits = Commits(told.append)
    commit = commits.add(2.0, Path("set.py"))
    commits.tell(commit)
    commit.kept.append("a")
    commits.tell(commit, "proven")
    assert told == [Commit(1, 2.0, "set.py"), Commit(1, 2.0, "set.py", "proven", kept=["a"])]
    assert decode(encode(told[1]), FROM_ENGINE) == told[1]


def test_the_newest_commit_about_a_program_is_found() -> None:
    commits = Commits(lambda message: None)
    first, _, back = (commits.add(float(at), Path("set.py")) for at in range(3))
    first.version = back.version = 1
    commits.tell(first, "on_air")
    assert [commit.id for commit in commits] == [1, 2, 3]
    assert commits.of(1) is back
    assert commits.of(1, "on_air") is first
    assert commits.of(7) is None


def test_the_newest_commits_are_kept_and_all_are_counted() -> None:
    commits = Commits(lambda message: None)
    for number in range(REMEMBERED + 3):
        commits.add(float(number), Path("set.py")).version = number
    assert [commit.id for commit in commits] == list(range(4, REMEMBERED + 4))
    assert commits.of(2) is None and commits.of(3) is not None


def test_lines_that_are_new_or_changed_are_counted_from_one() -> None:
    before = "one\ntwo\nthree\n"
    assert changed_lines("", before) == [1, 2, 3]
    assert changed_lines(before, "one\n2\nthree\nfour\n") == [2, 4]
    assert changed_lines(before, "one\nthree\n") == []
