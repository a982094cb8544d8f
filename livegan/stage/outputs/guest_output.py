"""An output of a plugin, in a process of its own: kept at work, started again when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from livegan.sound.source import Note
from livegan.stage.flash.flash_guard import Mode, Moment
from livegan.stage.outputs.guest import Guest
from livegan.stage.record.throttled_notes import ThrottledNotes
from livegan.stage.supervision.engine_process import Message

TRIES = 3  # times that one is started again
RETRY = 1.0  # seconds before that, and as much more each time


class GuestOutput(threading.Thread):
    """Keeps an output of a plugin at work; used as `livegan.stage.outputs.outputs.Sending`."""

    def __init__(
        self,
        wanted: Message,
        folder: Path,
        mode: Mode,
        note: Note,
        acted: Callable[[Moment], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``wanted`` is an item of an ``outputs`` message of the engine, ``clock`` for notes."""
        super().__init__(name=f"output {wanted['name']}", daemon=True)
        self.ring = str(wanted["ring"])
        self.stamp = str(wanted.get("stamp") or "")
        self._title = f"output {wanted['kind']} (plugin {wanted['plugin']})"
        self._options: Message = {
            "kind": ("output", wanted["kind"]),
            "folder": str(folder),
            "guard": mode,
            **{key: wanted[key] for key in ("name", "ring", "entry", "plugin")},
        }
        self._note, self._acted = note, acted
        self._notes = ThrottledNotes(note, clock=clock)
        self._stopped = threading.Event()

    def run(self) -> None:
        for attempt in range(TRIES + 1):
            guest = Guest("send", self._options)
            try:
                why = self._follow(guest)
            finally:
                guest.close()
            if why is None or self._stopped.is_set():
                return
            last = attempt == TRIES
            self._note(f"{self._title}: {why}; {'it stays off' if last else 'started again'}")
            if self._stopped.wait(RETRY * (attempt + 1)):
                return

    def _follow(self, guest: Guest) -> str | None:
        """Hear a guest until it ends: why it did, None if it was to end."""
        failed = ""
        while not self._stopped.is_set():
            message = guest.next(0.1)
            if message is None:
                if guest.gone:
                    return failed or guest.how()
                continue
            kind = message["type"]
            if kind == "off":
                if message["text"]:
                    self._note(f"{self._title}: {message['text']}")
                return None
            if kind == "failed":
                failed = str(message["text"])
            elif kind == "note":
                self._notes(f"{self._title}: {message['text']}")
            elif kind == "moment":
                self._acted(message["moment"])
        return None

    def stop(self) -> None:
        """Ask it to end; join it for the end."""
        self._stopped.set()
