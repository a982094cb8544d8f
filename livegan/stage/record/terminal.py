"""The terminal: lines for the performer, printed by a thread of its own.

A terminal that takes nothing (Ctrl-S, a paused multiplexer, text selected in a Windows console, a
full pipe) keeps that thread waiting, and nothing else.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from livegan.stage.record.worker import Worker

KEPT = 200
"""Lines that wait while the terminal takes none; then the oldest are left out."""


class Terminal:
    """Prints lines in order, from any thread, without waiting."""

    def __init__(self, file: TextIO | None = None) -> None:
        """``file`` None is stderr."""
        self._console = Console(file=_own(file or sys.stderr), highlight=False, soft_wrap=True)
        self._lines = Worker("terminal", self._show)

    def say(self, text: str, style: str = "") -> None:
        """Print one line, or several with breaks between them, soon."""
        self._lines.give((text, style))

    def close(self, seconds: float) -> None:
        """Print what is waiting, as far as that is done in so many seconds."""
        self._lines.close(seconds)

    def _show(self, line: tuple[str, str]) -> None:
        older = self._lines.waiting - KEPT
        if older >= 0:
            self._lines.skip(older)
            line = f"the terminal was blocked: {older + 1} lines left out", "yellow"
        text, style = line
        with contextlib.suppress(OSError, ValueError):  # it was closed, the show goes on
            self._console.print(escape(text), style=style or None)


def _own(file: TextIO) -> TextIO:
    """The same terminal with a buffer of our own, if it has a number.

    Python flushes stderr as it ends, and does not end while a thread that waits for the terminal
    holds the lock of that buffer.
    """
    try:
        return open(
            file.fileno(),
            "w",
            buffering=1,
            encoding=file.encoding,
            errors="backslashreplace",
            closefd=False,
        )
    except (AttributeError, OSError, ValueError):  # no terminal at all, or a text in memory
        return file
