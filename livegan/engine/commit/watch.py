"""Noticing saves: in place, by rename, by delete-and-create; on any file system.

Events (watchdog) make it prompt; a look at the files every half second makes it certain, on network
drives too, which send no events.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from livegan.files import kind_of
from livegan.ipc.messages import FromEngine, Note, Waiting

SETTLE_S = 0.025
"""A file is read when it has not changed for this long."""
PATIENCE_S = 0.5
"""How long an empty or uncompilable text may be a save that is only half written."""
LOOK_S = 0.5
STILL_S = 0.3
"""A model is read when none was written to for this long: a large one is copied in pieces."""
STALL_S = 3.0
"""If looking at the files takes this long, the performer is told: a network drive may be away."""
LARGEST = 256 << 10
"""Bytes of the largest text that is taken for a set: Python reads a larger one for so long, and
lets nothing else run meanwhile, that pictures would stand still."""

Stamp = tuple[int, ...] | None
Stamps = dict[Path, Stamp]


def stamp(path: Path) -> Stamp:
    """What changes when a file is saved: times, size, inode; None while there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    # A tool that puts the time of writing back, as rsync does, cannot do so with that of change.
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


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
        status = path.stat()
        # Reading a pipe would wait for ever, reading a film for long.
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def read_stamped(path: Path) -> tuple[Stamp, str]:
    """The text of a file, or nothing, and the stamp that it had then."""
    while True:
        stamped, text = stamp(path), read_text(path) or ""
        if stamp(path) == stamped:
            return stamped, text
        time.sleep(SETTLE_S)


def unreadable(path: Path) -> str:
    """Why `read_text` gives nothing, in a few words; nothing if it gives a text."""
    try:
        status = path.stat()
        if kind := kind_of(path):
            return f"it is {kind}"
        if status.st_size > LARGEST:
            return (
                f"it has {status.st_size / 1024:.0f} kB; a set can have {LARGEST >> 10} kB. "
                "Put data into a separate file"
            )
        if not status.st_size:
            return "it is empty"
        path.open("rb").close()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            return f"it cannot be read ({error.strerror or error})"
        folder = path.parent
        return "it is gone" if os.path.isdir(folder) else f"the folder {folder.name} is gone"
    return "it is not text" if read_text(path) is None else ""


class Awaiting:
    """Says, once each, what the show goes on without and that it is back.

    ``emit`` takes messages of the engine. One that stands in for a show needs neither thread nor
    file, so tests drive it by hand.
    """

    def __init__(self, what: str, emit: Callable[[FromEngine], None]) -> None:
        self.what = what
        self._emit = emit
        self._lock = threading.Lock()
        self._said = ""

    def without(self, text: str) -> None:
        """It is missing: why, in a line."""
        with self._lock:
            if text != self._said:
                self._said = text
                self._emit(Waiting(self.what, text))

    def back(self, text: str) -> None:
        """It is there again; shows ``text`` if it had been missing."""
        with self._lock:
            if self._said:
                self._said = ""
                self._emit(Waiting(self.what))
                self._emit(Note(text))


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
    except (RecursionError, MemoryError, OverflowError):
        pass  # whole, but it will be refused
    return True


def slow_disk(path: Path, emit: Callable[[FromEngine], None]) -> Callable[[bool], None]:
    """What a `Watcher` of ``path`` calls, so that the performer knows why saves are not taken."""
    awaiting = Awaiting("disk", emit)

    def stalled(yes: bool) -> None:
        if yes:
            awaiting.without(f"waiting for the disk of {path.name}: it does not answer")
        else:
            awaiting.back(f"the disk of {path.name} answers again")

    return stalled


class Watcher:
    """Sets ``changed`` whenever one of the watched files may have been saved.

    ``stalled`` is called, on a thread of its own, with True when a look at the files does not come
    back and with False once it did: what hangs is only the thread that waits, never a frame.
    """

    def __init__(
        self,
        files: Callable[[], Iterable[Path]],
        folders: Iterable[Path],
        stalled: Callable[[bool], None] | None = None,
    ) -> None:
        self.changed = threading.Event()
        self._files = files
        self._stamps: Stamps = {}
        self._observer: Any = None
        self._stopped = threading.Event()
        self._asked: float | None = None
        self._stalled = stalled
        if stalled is not None:
            threading.Thread(target=self._mind, name="slow files", daemon=True).start()
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
        with self.asking():
            try:
                stamps = {f: stamp(f) for f in self._files()}
            except OSError:  # a drive that went away while its folders were listed
                return False
        moved = stamps != self._stamps
        self._stamps = stamps
        return moved

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Wrap what waits for a disk, to say so when the disk does not answer."""
        before = self._asked
        self._asked = time.monotonic() if before is None else before
        try:
            yield
        finally:
            self._asked = before

    def _mind(self) -> None:
        told = False
        while not self._stopped.wait(LOOK_S):
            asked = self._asked
            late = 0.0 if asked is None else time.monotonic() - asked
            if self._stalled is not None and (late >= STALL_S) != told:
                told = not told
                self._stalled(told)

    def wait(self) -> bool:
        """Wait up to half a second; True if a watched file changed since the last time."""
        self.changed.wait(LOOK_S)
        self.changed.clear()
        return self._look()

    def look(self, known: Stamps) -> None:
        """Take the files as they are now, and those of ``known`` as they were: only what changes
        from then on is a save."""
        self._look()
        self._stamps.update(known)

    def settle(self, urgent: Path) -> None:
        """Wait while files are being written; no longer than until ``urgent`` is saved."""
        before = stamp(urgent)
        still = time.monotonic()
        while time.monotonic() - still < STILL_S and not self._stopped.is_set():
            time.sleep(SETTLE_S)
            if stamp(urgent) != before:
                self.changed.set()
                return
            if self._look():
                still = time.monotonic()

    def stop(self) -> None:
        """End the watching threads."""
        self._stopped.set()
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(1.0)
        self.changed.set()
