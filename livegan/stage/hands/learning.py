"""Learning: the next control that moves is mapped to a knob or pad, and written into the file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from livegan.sound.source import Note
from livegan.stage.hands.mapping.controls_file import CannotMap, ControlsFile

PATIENCE = 60.0
"""Seconds until a control has to be moved."""


class Learning:
    """What is learnt at the moment, if anything. From any thread."""

    def __init__(
        self, note: Note, want: Callable[[str | None], None], file: ControlsFile | None
    ) -> None:
        """``want`` makes whoever listens say which control moves next, for a knob or a pad; None
        is enough of it."""
        self._note, self._want, self._file = note, want, file
        self._lock = threading.Lock()
        self._kind = ""
        self._name = ""
        self._timer: threading.Timer | None = None
        self.said = ""
        """What became of the last one, in a line."""

    @property
    def name(self) -> str:
        """The knob or pad that waits for a control to be moved; empty if none does."""
        return self._name

    def begin(self, kind: str, name: str) -> str:
        """Learn a control for a knob or pad of the set. Returns what to do; raises CannotMap."""
        if self._file is None:
            raise CannotMap("this show has no file for what is learnt")
        with self._lock:
            self._end()
            self._kind, self._name, self.said = kind, name, ""
            self._timer = threading.Timer(PATIENCE, self.cancel, ["no control moved"])
            self._timer.daemon = True
            self._timer.start()
        self._want(kind)
        return f"move the control for {name}"

    def cancel(self, why: str = "stopped") -> None:
        """Learn nothing any more."""
        with self._lock:
            name = self._name
            if name:
                self.said = f"nothing was learnt for {name}: {why}"
            self._end()
        if name:
            self._want(None)
            self._note(self.said)

    def moved(self, control: dict[str, Any]) -> None:
        """A control moved; the first counts."""
        with self._lock:
            kind, name = self._kind, self._name
            if not name or self._file is None:
                return
            try:
                said = self._file.learn(kind, name, control)
            except CannotMap as error:
                said = f"nothing was learnt for {name}: {error}"
            self.said = said
            self._end()
        self._want(None)
        self._note(said)

    def forget(self, kind: str, name: str) -> str:
        """Remove what was learnt for a knob or pad. Raises CannotMap."""
        if self._file is None:
            raise CannotMap("this show has no file for what is learnt")
        return self._file.forget(kind, name)

    def stop(self) -> None:
        """End it, as the show ends."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        self._kind = self._name = ""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
