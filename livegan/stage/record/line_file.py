"""A file of lines that outlives a full disk, and its own removal."""

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

FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT

SLOW = 3.0
"""Seconds that a line may take until it is told that the disk does not answer."""


class LineFile:
    """Lines appended to a file, each at once; written by one thread.

    Where the disk is full, or away, the lines wait, and are written when there is room again. Where
    the file was removed, it is made anew with all its lines once its folder is there.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Makes the file and its folder; OSError if it cannot be made."""
        self._makes_folder = not path.parent.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._name = path, path.name
        self._file = os.open(path, FLAGS, 0o666)
        self._clock = clock
        self._waiting: deque[bytes] = deque()
        self._again = 0.0
        self._why = ""
        self._since: float | None = None
        """When the line that is being written was begun."""
        self.lost = 0
        """Lines that were not kept."""

    @property
    def trouble(self) -> str:
        """Why lines wait, in a line; nothing while they are written. For any thread."""
        since = self._since
        slow = since is not None and self._clock() - since > SLOW
        why = "the disk does not answer" if slow else self._why
        return f"{self._name} cannot be written ({why}); livegan keeps trying" if why else ""

    def write(self, line: str) -> None:
        """Append a line, now or when it can be."""
        self._waiting.append(line.encode(errors="replace") + b"\n")
        if len(self._waiting) > KEPT:
            del self._waiting[1]  # of the first, a part may be written already
            self.lost += 1
        self.flush()

    def flush(self, *, at_last: bool = False) -> None:
        """Write what waits, unless that was tried a moment ago and it is not ``at_last``."""
        if self._why and self._clock() < self._again and not at_last:
            return
        try:
            self._restore()
            while self._waiting:
                self._since = self._clock()
                head = self._waiting.popleft()
                try:
                    rest = head[os.write(self._file, head) :]
                except OSError:
                    self._waiting.appendleft(head)
                    raise
                if rest:
                    self._waiting.appendleft(rest)
        except OSError as error:
            self._why = error.strerror or str(error)
            self._again = self._clock() + RETRY
        else:
            self._why = ""
        finally:
            self._since = None

    def _restore(self) -> None:
        """Make a removed file anew, with what it held: it lives on as long as it is open."""
        folder = self._path.parent
        if os.fstat(self._file).st_nlink or not (self._makes_folder or folder.is_dir()):
            return
        if not folder.parent.is_dir():  # that of the whole show: not ours to make
            return
        folder.mkdir(exist_ok=True)
        removed, self._file = self._file, os.open(self._path, FLAGS, 0o666)
        with open(removed, "rb") as before:
            before.seek(0)
            self._waiting.extendleft(reversed(before.readlines()))

    def close(self) -> None:
        """Write what can be written, and close the file."""
        self.flush(at_last=True)
        os.close(self._file)
