"""Commits: saves on their way to the air, numbered, and told as they go."""

from __future__ import annotations

import copy
import difflib
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from livegan.engine.commit.script import Refusal
from livegan.ipc.messages import Commit, FromEngine, Status

LONGEST = 100_000
"""Characters of a text that are told before it is on the air: to be shown if it is refused."""

REMEMBERED = 100
"""The newest commits, which are kept: a show has thousands."""


class Commits:
    """Those of a show, of which the newest are kept, oldest first.

    ``emit`` is given what is to be sent and written.
    """

    def __init__(self, emit: Callable[[FromEngine], None]) -> None:
        self._newest: deque[Commit] = deque(maxlen=REMEMBERED)
        self._numbers = itertools.count(1)
        self._emit = emit
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Commit]:
        return iter(tuple(self._newest))

    def add(self, at: float, file: Path) -> Commit:
        """A new one, with the next number; nothing is told yet. From any thread."""
        commit = Commit(next(self._numbers), at, str(file))
        self._newest.append(commit)
        return commit

    def numbered(self, number: int) -> Commit | None:
        """The one of this number, if it is among the newest."""
        return next((c for c in reversed(tuple(self._newest)) if c.id == number), None)

    def of(self, version: int, status: Status | None = None) -> Commit | None:
        """The newest that is about this program, if there is one: of this status, or of any."""
        for commit in reversed(tuple(self._newest)):  # other threads add
            if commit.version == version and status in (None, commit.status):
                return commit
        return None

    def tell(self, commit: Commit, status: Status | None = None) -> None:
        """Say how a commit stands, after it came to ``status`` if that is given."""
        commit.status = status or commit.status
        with self._lock:
            self._emit(copy.deepcopy(commit))  # it goes on to change here

    def refuse(self, commit: Commit, refusal: Refusal) -> None:
        """Say that it does not go on the air, or not any more, and why."""
        commit.reason, commit.where = refusal.reason, str(refusal.place or "")
        self.tell(commit, "refused")


def changed_lines(before: str, after: str) -> list[int]:
    """Numbers (from 1) of the lines of ``after`` that are new or changed."""
    old, new = before.splitlines(), after.splitlines()
    changed: list[int] = []
    for tag, _, _, start, stop in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag in ("replace", "insert"):
            changed += range(start + 1, stop + 1)
    return changed
