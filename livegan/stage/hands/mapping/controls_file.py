"""The file of the mapping, ``NAME.controls.toml`` beside the set ``NAME.py``.

It is read again when it is saved. A mistake is one line, and the last good mapping stays. What is
learnt is added to its end; every other line stays as the user wrote it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from livegan.files import need_file
from livegan.saving import write_bytes
from livegan.sound.source import Note
from livegan.stage.hands.mapping.route import (
    HEADER,
    MappingError,
    Route,
    read_mapping,
    shown,
    written,
)

LOOK = 0.25  # seconds between looks whether it was saved; one takes 10 us
HEAD = "# Which control moves which knob of {set}. Saved while the set plays, it counts at once.\n"


class CannotMap(ValueError):
    """The file cannot be changed: why, and what to do, in a line."""


def file_beside(set_path: Path) -> Path:
    """Where the mapping of a set lies."""
    return set_path.with_name(f"{set_path.stem}.controls.toml")


class ControlsFile:
    """The mapping of the set on the air, followed on a thread of its own."""

    def __init__(
        self, set_path: Path, note: Note, changed: Callable[[Sequence[Route]], None]
    ) -> None:
        """``changed`` receives the routes at the start and after each save, from any thread."""
        self._note, self._changed = note, changed
        self._lock = threading.RLock()
        self._set = set_path
        self.routes: tuple[Route, ...] = ()
        """Those of the last version that could be read."""
        self._seen: object = None
        self._look()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="controls file", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The file, there or not."""
        return file_beside(self._set)

    def play(self, set_path: Path) -> None:
        """Another set is on the air: its mapping counts."""
        with self._lock:
            if set_path != self._set:
                self._set, self._seen = set_path, None
                if not self._look():  # a mistake, and none of the other set's may stay
                    self._use([])

    def stop(self) -> None:
        """Follow it no longer."""
        self._stopped.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stopped.wait(LOOK):
            with self._lock:
                self._look()

    def _look(self) -> bool:
        """Read it, if it is another by now. Whether it could be read."""
        seen = _stamp(self.path)
        if seen == self._seen:
            return True
        self._seen = seen
        try:
            routes = read_mapping(self._text())
        except MappingError as error:
            self._note(f"{self.path.name}:{error.line}: {error.reason}{self._stays()}")
            return False
        except UnicodeDecodeError:
            self._note(f"{self.path.name} is not UTF-8 text: save it as that{self._stays()}")
            return False
        except OSError as error:
            why = error.strerror or error
            self._note(f"{self.path.name} cannot be read: {why}{self._stays()}")
            return False
        self._use(routes)
        return True

    def _use(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)
        self._changed(self.routes)

    def _stays(self) -> str:
        return "; the mapping before it stays" if self.routes else ""

    def _text(self) -> str:
        """What it says; nothing where there is no file."""
        if not os.path.lexists(self.path):
            return ""
        need_file(self.path)
        return self.path.read_bytes().decode("utf-8-sig")  # the ends of its lines stay as they are

    # Learning ------------------------------------------------------------------------------------

    def learn(self, kind: str, name: str, control: Mapping[str, Any]) -> str:
        """Add a route that was learnt. Returns what it is, for people. Raises CannotMap."""
        with self._lock:
            text, routes = self._current()
            table = written({kind: name, **control})
            (new,) = read_mapping(table)
            said = shown(replace(new, port=str(control.get("port", ""))))  # a route has it in small
            if any(route.plays_alike == new.plays_alike for route in routes):
                return f"{said} moves {name} already"
            head = HEAD.format(set=self._set.name) if not text.strip() else text.rstrip("\n") + "\n"
            self._write(f"{head}\n{table}", [*routes, new])
            others = sorted(
                {r.name for r in routes if r.plays_alike[2:] == new.plays_alike[2:]} - {name}
            )
            also = f"; it moves {', '.join(others)} as well" if others else ""
            return f"{name} is moved by {said}{also}"

    def forget(self, kind: str, name: str) -> str:
        """Remove all routes to a knob or pad. Returns what was done. Raises CannotMap."""
        with self._lock:
            text, routes = self._current()
            gone = [route for route in routes if (route.kind, route.name) == (kind, name)]
            if not gone:
                return f"nothing was learnt for {name}"
            kept = [route for route in routes if route not in gone]
            lines = text.splitlines(keepends=True)
            for route in reversed(gone):
                del lines[slice(*_table_at(lines, route.line - 1))]
            self._write("".join(lines), kept)
            return f"{name} is no longer moved by {' or '.join(shown(route) for route in gone)}"

    def _current(self) -> tuple[str, list[Route]]:
        try:
            text = self._text()
            return text, read_mapping(text)
        except MappingError as error:
            place = f"{self.path.name}:{error.line}: {error.reason}"
            raise CannotMap(f"{place}; mend this line first") from None
        except (OSError, UnicodeDecodeError) as error:
            raise CannotMap(f"{self.path.name} cannot be read: {error}") from None

    def _write(self, text: str, expected: Sequence[Route]) -> None:
        """Write it, if it then says what is meant: a file can be written in ways that a line
        cannot be taken out of or added to."""
        try:
            found = read_mapping(text)
        except MappingError:
            found = None
        if found is None or [r.plays_alike for r in found] != [r.plays_alike for r in expected]:
            raise CannotMap(f"{self.path.name} has no [[map]] lines of its own: change it by hand")
        try:
            write_bytes(self.path, text.encode())
        except OSError as error:
            why = error.strerror or error
            raise CannotMap(f"{self.path.name} cannot be written: {why}") from None
        self._look()


def _stamp(path: Path) -> object:
    """What is another when a file was saved; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _table_at(lines: Sequence[str], start: int) -> tuple[int, int]:
    """First and last line of a table, from 0 and without the last: not the comments that stand
    before the next one, but the empty lines between."""
    end = next((n for n in range(start + 1, len(lines)) if HEADER.match(lines[n])), len(lines))
    last = start
    for number in range(start + 1, end):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            last = number
    stop = last + 1
    while stop < end and not lines[stop].strip():
        stop += 1
    return start, stop
