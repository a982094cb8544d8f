"""What happened to a save is said in one way."""

from __future__ import annotations

from typing import get_args

import pytest

from livegan.ipc.commit_text import STATES, playing
from livegan.ipc.messages import Status

FOUR = {"file": "/home/me/four.py", "version": 3}


@pytest.mark.parametrize(
    ("commit", "line"),
    [
        ({"built": ["a", "b"]}, "version 3 of four.py plays (nodes: 2 new)"),
        (
            {"built": ["b"], "kept": 8, "retired": ["c", "d"]},
            "version 3 of four.py plays (nodes: 1 new, 8 kept, 2 removed)",
        ),
        ({}, "version 3 of four.py plays"),
        ({"reason": "undo"}, "undone: version 3 of four.py plays again"),
        ({"reason": "safe set"}, "the safe set is over: version 3 of four.py plays again"),
        ({"reason": "safe set", "safe": True}, "the safe set plays: four.py"),
    ],
)
def test_a_version_that_plays_is_told_in_words(commit: dict[str, object], line: str) -> None:
    assert playing({**FOUR, **commit}) == line


def test_every_status_has_words() -> None:
    assert {*STATES} == {*get_args(Status)}
