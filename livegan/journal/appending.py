"""Files that grow while a show plays; nobody who gives them something waits for the disk."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

KEPT = 16_000_000
"""Bytes that wait for a disk that is full or away; what comes beyond that is lost."""
OPEN = 4
"""Files that are kept open, those used last: most are written once."""
RETRY = 1.0
"""Seconds between two attempts."""

Job = Callable[[], list[tuple[str, bytes]]]


class Appender:
    """Appends to files of one folder, in order, on a thread of its own.

    What is appended is whole in the file as soon as the thread has come to it: it survives the
    process. A disk that is full or away costs what comes beyond `KEPT` bytes; that is told once.
    """

    def __init__(self, folder: Path, note: Callable[[str], None]) -> None:
        self.folder = folder
        self._note = note
        self._given: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._size = 0
        self._files: dict[str, int] = {}
        self._told = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append(self, name: str, data: bytes) -> None:
        """Append to the file of this name."""
        self._given.put(lambda: [(name, data)])

    def do(self, job: Job) -> None:
        """Append what a job returns, which may read files itself: it runs on the thread."""
        self._given.put(job)

    def close(self, seconds: float = 2.0) -> None:
        """Write what waits, and end."""
        self._given.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            try:
                job = self._given.get(timeout=RETRY if self._waiting else None)
            except queue.Empty:
                self._write()
                continue
            if job is None:
                self._write()
                for file in self._files.values():
                    os.close(file)
                return
            try:
                pieces = job()
            except OSError as error:
                self._tell(error)
                continue
            for name, data in pieces:
                if self._size + len(data) > KEPT:
                    continue
                self._waiting.append((name, data))
                self._size += len(data)
            if not self._told or len(self._waiting) == len(pieces):
                self._write()

    def _write(self) -> None:
        while self._waiting:
            name, data = self._waiting[0]
            try:
                written = os.write(self._file(name), data)
            except OSError as error:
                self._forget(name)
                self._tell(error)
                time.sleep(0.05)
                return
            self._waiting.popleft()
            self._size -= written
            if written < len(data):
                self._waiting.appendleft((name, data[written:]))
        self._told = False

    def _file(self, name: str) -> int:
        file = self._files.pop(name, None)
        if file is not None and not os.fstat(file).st_nlink:  # it was deleted
            os.close(file)
            file = None
        if file is None:
            path = self.folder / name
            if path.parent != self.folder:  # without it, the journal is on a drive that is away
                path.parent.mkdir(exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self._files[name] = file  # last: it was used last
        while len(self._files) > OPEN:
            os.close(self._files.pop(next(iter(self._files))))
        return file

    def _forget(self, name: str) -> None:
        """Open a file anew the next time: a drive that was pulled out may come back."""
        file = self._files.pop(name, None)
        if file is not None:
            with contextlib.suppress(OSError):
                os.close(file)

    def _tell(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            why, name = error.strerror or error, self.folder.name
            self._note(f"the journal {name} cannot be written ({why}); livegan keeps trying")
