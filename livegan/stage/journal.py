"""A file of lines that outlives a full disk."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

KEPT = 1000
"""Lines that are kept while they cannot be written; then the oldest are lost."""

RETRY = 1.0
"""Seconds between two attempts."""


class Journal:
    """Lines appended to a file, each at once; for one thread.

    Where the disk is full, or away, the lines wait, and are written when there is room again.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Makes the file and its folder; OSError if it cannot be made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self._name = path.name
        self._clock = clock
        self._waiting: deque[bytes] = deque()
        self._again = 0.0
        self.trouble = ""
        """Why lines wait, in a line; nothing while they are written."""
        self.lost = 0
        """Lines that were not kept."""

    def write(self, line: str) -> None:
        """Append a line, now or when it can be."""
        self._waiting.append(line.encode(errors="replace") + b"\n")
        if len(self._waiting) > KEPT:
            del self._waiting[1]  # of the first, a part may be written already
            self.lost += 1
        self.flush()

    def flush(self, *, at_last: bool = False) -> None:
        """Write what waits, unless that was tried a moment ago and it is not ``at_last``."""
        if self.trouble and self._clock() < self._again and not at_last:
            return
        try:
            while self._waiting:
                head = self._waiting.popleft()
                try:
                    rest = head[os.write(self._file, head) :]
                except OSError:
                    self._waiting.appendleft(head)
                    raise
                if rest:
                    self._waiting.appendleft(rest)
        except OSError as error:
            why = error.strerror or error
            self.trouble = f"{self._name} cannot be written ({why}): its lines wait"
            self._again = self._clock() + RETRY
        else:
            self.trouble = ""

    def close(self) -> None:
        """Write what can be written, and close the file."""
        self.flush(at_last=True)
        os.close(self._file)
