"""What an engine prints: few lines at a time on the terminal and in the log, the rest counted.

Its output comes through a pipe, also that of libraries and of Python as it dies; the last of it
tells where that was. (Not on Windows: there it goes to the terminal as it is.)
"""

from __future__ import annotations

import os
import re
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BURST, RATE = 40, 5.0  # lines at once, and lines a second after that
WIDTH = 300  # characters of a line that are shown
TAIL = 64_000  # bytes of the end that are kept
QUIET = 0.5  # seconds without output after which what was left out is told
FRAME = re.compile(r'^\s*File "([^"]+)", line (\d+)', re.M)
UNSEEN = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
STACK = re.compile(r"^(Current thread|Thread) 0x([0-9a-f]+).*\n((?:  .*\n?)*)", re.M)
PROVING = os.path.join("livegan", "engine", "commit", "saves.py")
DEATH = re.compile(
    rb"^(?:Fatal Python error|(?:Current thread|Thread) .*most recent call first)", re.M
)


@dataclass(frozen=True)
class Account:
    """``file:line`` of the set or of a file beside it, the thread, and whether that proved a save;
    empty where not known."""

    place: str = ""
    thread: int = 0
    proving: bool | None = None


class Printed:
    """Limits what is printed. Pure: every call receives the time."""

    def __init__(self) -> None:
        self._room = float(BURST)
        self._at = 0.0
        self._rest = b""
        self._lines = 0
        self._bytes = 0

    def feed(self, data: bytes, now: float) -> list[str]:
        """The lines to show of what came."""
        self._room = min(float(BURST), self._room + RATE * max(0.0, now - self._at))
        self._at = now
        whole = self._rest + data
        *lines, self._rest = whole.split(b"\n")
        if len(self._rest) > 4 * WIDTH:  # a line without an end is as good as many
            lines.append(self._rest)
            self._rest = b""
        shown = self.left_out() if lines and self._room >= 2 else []
        for line in lines:
            text = UNSEEN.sub("", line[: 4 * WIDTH].decode("utf-8", "replace")).rstrip()
            if not text:
                continue
            if self._room >= 1:
                self._room -= 1
                shown.append(text if len(text) <= WIDTH else text[:WIDTH] + "…")
            else:
                self._lines += 1
                self._bytes += len(line)
        return shown

    def left_out(self) -> list[str]:
        """A line that counts what was not shown since the last, or none."""
        if not self._lines:
            return []
        size = f"{self._bytes / 1e6:.1f} MB" if self._bytes > 1e5 else f"{self._bytes} bytes"
        said = [f"… and {self._lines} more lines ({size}) that were printed"]
        self._lines = self._bytes = 0
        return said


class EngineOutput:
    """Reads a pipe to its end on a thread of its own."""

    def __init__(self, descriptor: int, show: Callable[[list[str]], None]) -> None:
        self._descriptor = descriptor
        self._show = show
        self._tail = b""
        self._dying = False
        self._thread = threading.Thread(target=self._read, name="engine output", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        printed = Printed()
        while True:
            ready, _, _ = select.select([self._descriptor], [], [], QUIET)
            data = os.read(self._descriptor, 1 << 16) if ready else b""
            if ready and not data:
                break
            self._tail = (self._tail + data)[-TAIL:]
            lines = [] if self._dying or data else printed.left_out()
            if data and not self._dying:
                # The account that Python gives of its death is for `account`.
                account = DEATH.search(data)
                self._dying = account is not None
                heard = data[: account.start()] if account is not None else data
                lines = printed.feed(heard, time.monotonic())
            if lines:
                self._show(lines)
        os.close(self._descriptor)
        lines = printed.left_out()
        if lines:
            self._show(lines)

    def account(self, set_path: Path) -> Account:
        """Where Python says that it died, or that its threads are."""
        text = self._tail.decode("utf-8", "replace")
        fatal = text.rfind("Fatal Python error")
        at = fatal if fatal >= 0 else text.find("most recent call first")
        if at < 0:
            return Account()
        threads = [
            (int(ident, 16), current == "Current thread", frames)
            for current, ident, frames in STACK.findall(text, max(0, text.rfind("\n", 0, at)))
        ]
        if fatal >= 0:  # what others were at does not count, unless a thread without Python died
            threads = [t for t in threads if t[1] and FRAME.search(t[2])] or threads
        else:  # nobody died: what proves a save goes before what plays
            threads.sort(key=lambda t: PROVING not in t[2])
        for beside in (False, True):
            for ident, _, frames in threads:
                for file, line in FRAME.findall(frames):
                    near = set_path.parent in Path(file).parents
                    if file == str(set_path) or (beside and near and "site-packages" not in file):
                        return Account(f"{file}:{line}", ident, PROVING in frames)
        if fatal < 0 or len(threads) != 1:
            return Account()
        ident, _, frames = threads[0]
        return Account("", ident, PROVING in frames)

    def wait(self, timeout: float) -> None:
        """Wait until all was read that a process which has ended had written."""
        self._thread.join(timeout)
