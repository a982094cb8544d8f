"""The terminal: lines for the performer, printed by a thread of its own.

A terminal that takes nothing (Ctrl-S, a paused multiplexer, text selected in a Windows console, a
full pipe) keeps that thread waiting, and nothing else.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from typing import TextIO

from rich.console import Console
from rich.markup import escape

KEPT = 200
"""Lines that wait while the terminal takes none; then the oldest are left out."""


class Terminal:
    """Prints lines in order, from any thread, without waiting."""

    def __init__(self, file: TextIO | None = None) -> None:
        """``file`` None is stderr."""
        self._console = Console(file=_own(file or sys.stderr), highlight=False, soft_wrap=True)
        self._lines: deque[tuple[str, str]] = deque()
        self._left_out = 0
        self._closed = self._gone = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="terminal", daemon=True)
        self._thread.start()

    def say(self, text: str, style: str = "") -> None:
        """Print one line, or several with breaks between them, soon."""
        with self._changed:
            if len(self._lines) == KEPT:
                self._lines.popleft()
                self._left_out += 1
            self._lines.append((text, style))
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Print what is waiting, as far as that is done in so many seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(max(0.0, seconds))

    def _run(self) -> None:
        while (line := self._next()) is not None:
            if not self._gone:
                self._print(*line)

    def _next(self) -> tuple[str, str] | None:
        """What to print now, waiting for it; None after the last."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._closed)
            if self._left_out:
                count, self._left_out = self._left_out, 0
                return f"the terminal was blocked: {count} lines left out", "yellow"
            return self._lines.popleft() if self._lines else None

    def _print(self, text: str, style: str) -> None:
        try:
            self._console.print(escape(text), style=style or None)
        except (OSError, ValueError):  # it was closed, the show goes on
            self._gone = True


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
