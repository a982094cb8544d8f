"""Where in a set something was written, and the error that says so."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

PACKAGE = Path(__file__).parent.parent
OWN_CODE = (str(PACKAGE), "<frozen", "<string>")
OWN_SETS = str(PACKAGE / "share_data")
"""Sets that the wheel carries: they lie inside the package, but are no part of it."""


@dataclass(frozen=True)
class Place:
    """A file and a line (from 1)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """``file:line`` as a place; None if it is none."""
        file, _, line = text.rpartition(":")
        return cls(file, int(line)) if file and line.isdigit() else None


@dataclass(frozen=True)
class SetNote:
    """What a set says that is not wrong and may not be meant: a line, and where."""

    text: str
    place: Place | None

    def __str__(self) -> str:
        return self.text


class SetError(Exception):
    """A set says something that cannot be played: what is wrong, where, and what to do.

    It is raised while the set runs, so ``place`` is the line of the set at fault.
    """

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place if place is not None else here()

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class NoSuchWord(SetError, AttributeError):
    """A node is asked for an attribute it does not have; ``hasattr`` and the like say no."""


_standing: ContextVar[Place | None] = ContextVar("livegan_place", default=None)


@contextlib.contextmanager
def standing_at(place: Place | None) -> Iterator[None]:
    """Inside, :func:`here` is this place: a word of a plugin composes what a set has asked for."""
    token = _standing.set(_standing.get() or place)
    try:
        yield
    finally:
        _standing.reset(token)


def here() -> Place | None:
    """The innermost line outside livegan that is running: the set's, or its helper module's."""
    if _standing.get() is not None:
        return _standing.get()
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OWN_SETS) or not file.startswith(OWN_CODE):
            return Place(file, frame.f_lineno)
        frame = frame.f_back
    return None
