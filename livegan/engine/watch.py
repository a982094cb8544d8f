"""Noticing saves: in place, by rename, by delete-and-create; on any file system.

Events (watchdog) make it prompt; a look at the files every half second makes it certain, on network
drives too, which send no events.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

SETTLE_S = 0.025
"""A file is read when it has not changed for this long."""
PATIENCE_S = 0.5
"""How long an empty or uncompilable text may be a save that is only half written."""
LOOK_S = 0.5
STILL_S = 0.3
"""A model is read when none was written to for this long: a large one is copied in pieces."""


def stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved: time, size, inode; None while there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def read_save(path: Path, *, before: str = "", patience_s: float = PATIENCE_S) -> str | None:
    """The text of a file once its save is finished; None if it is gone or not readable text.

    A text that may be half of one, ``before`` being the text of the save before it, is read again
    for up to ``patience_s`` while a writer may still be at work.
    """
    give_up = time.monotonic() + patience_s
    while True:
        stamped = stamp(path)
        time.sleep(SETTLE_S)
        if stamp(path) == stamped:
            text = read_text(path)
            late = time.monotonic() >= give_up
            if text and (late or whole(text, before)):
                return text
            if late:
                return text
        if time.monotonic() >= give_up + 2.0:  # someone writes to it without end
            return read_text(path)


def read_text(path: Path) -> str | None:
    """The text of a file, without the byte-order mark some editors write; None if it has none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def whole(text: str, before: str) -> bool:
    """False where a text looks cut off: it does not compile, or stops within what was there."""
    if before.startswith(text) and text != before:
        return False
    return compiles(text) and (text.endswith("\n") or not before.endswith("\n"))


def compiles(text: str) -> bool:
    """True if Python can read it."""
    try:
        compile(text, "set", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


class Watcher:
    """Sets ``changed`` whenever one of the watched files may have been saved."""

    def __init__(self, files: Callable[[], Iterable[Path]], folders: Iterable[Path]) -> None:
        self.changed = threading.Event()
        self._files = files
        self._stamps: dict[Path, Any] = {}
        self._observer: Any = None
        self._stopped = False
        self._start(folders)
        self._look()

    def _start(self, folders: Iterable[Path]) -> None:
        from watchdog.events import FileSystemEvent, FileSystemEventHandler
        from watchdog.observers import Observer

        changed = self.changed

        class Handler(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                if event.event_type not in ("opened", "closed_no_write"):
                    changed.set()

        observer = Observer()
        observer.daemon = True
        for folder in folders:
            try:
                observer.schedule(Handler(), str(folder), recursive=False)
            except OSError:  # no events to be had here: the look every half second does it
                continue
        try:
            observer.start()
            self._observer = observer
        except OSError:
            self._observer = None

    def _look(self) -> bool:
        stamps = {f: stamp(f) for f in self._files()}
        moved = stamps != self._stamps
        self._stamps = stamps
        return moved

    def wait(self) -> bool:
        """Wait up to half a second; True if a watched file changed since the last time."""
        self.changed.wait(LOOK_S)
        self.changed.clear()
        return self._look()

    def settle(self, urgent: Path) -> None:
        """Wait while files are being written; no longer than until ``urgent`` is saved."""
        before = stamp(urgent)
        still = time.monotonic()
        while time.monotonic() - still < STILL_S and not self._stopped:
            time.sleep(SETTLE_S)
            if stamp(urgent) != before:
                self.changed.set()
                return
            if self._look():
                still = time.monotonic()

    def stop(self) -> None:
        """End the watching threads."""
        self._stopped = True
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(1.0)
        self.changed.set()
