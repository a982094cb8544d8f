"""A source of a plugin, in a process of its own: found by its name, pulled, opened anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np

from livegan.sound.inputs.devices import SourceError
from livegan.sound.source import Array, Note, SourceGone
from livegan.sound.sources import ADDRESSES, SOURCES
from livegan.stage.outputs.guest import Guest
from livegan.stage.outputs.hosting import Message
from livegan.stage.record.throttled_notes import ThrottledNotes


class GuestSource:
    """A source of a plugin: a `livegan.sound.sources.Source`."""

    def __init__(self, text: str, folder: Path) -> None:
        self.name, self.rate = text, 48000
        self._options: Message = {"text": text, "folder": str(folder)}
        self._guest: Guest | None = None
        self._note: Note = print
        self._notes = ThrottledNotes(lambda text: self._note(text))
        self._asked_at: float | None = None
        self._fresh = False
        """It was opened to see who has it: the next one who opens it finds it open."""
        self._swapping = threading.Lock()
        self.known = False
        """Whether a plugin has it; known once it was opened."""

    def open(self, note: Note) -> None:
        """Start its process; `SourceError` with what the source says where it does not open."""
        if self._fresh:
            self._fresh = False
            return
        self.close()
        self._note = note
        self._take(*self._start())

    def renew(self, sources: Collection[str]) -> None:
        """If it is one of these edited ones, ``package:name``, open it anew beside what plays.

        What plays goes on until the new one is open, and if it does not open.
        """
        plugin, (_, name) = self._options.get("plugin"), self._options.get("kind", ("", ""))
        if f"{plugin}:{name}" in sources and self._guest is not None:
            threading.Thread(target=self._renew, name="renew source", daemon=True).start()

    def _renew(self) -> None:
        try:
            guest, message = self._start()
        except SourceError as error:
            self._note(f"{error}; the previous source plays on")
            return
        with self._swapping:
            old = self._guest
            if old is not None:
                self._take(guest, message)
        (old or guest).close()

    def _start(self) -> tuple[Guest, Message]:
        """Its process and what it said, once it is open; `SourceError` if it does not open."""
        guest = Guest("hear", self._options)
        while (message := guest.next(0.1)) is None or message["type"] == "note":
            if message is not None:
                self._notes(f"{self.name}: {message['text']}")
            elif guest.gone:
                message = {"type": "failed", "text": guest.how()}
                break
        self.known = message["type"] != "none"
        if message["type"] != "open":
            guest.close()
            raise SourceError(f"{self.name}: {message.get('text') or 'no plugin offers it'}")
        return guest, message

    def _take(self, guest: Guest, message: Message) -> None:
        self._guest, self._asked_at = guest, None
        self.name, self.rate = message["name"], message["rate"]
        self._options |= {
            "kind": ("source", message["kind"]),
            **{key: message[key] for key in ("entry", "plugin", "argument")},
        }

    def pull(self, frames: int) -> Array:
        """What came since; what it is asked for now comes with the next pull."""
        with self._swapping:
            return self._pull(frames)

    def _pull(self, frames: int) -> Array:
        guest = self._guest
        if guest is None:
            raise SourceGone(f"{self.name} is closed")
        blocks: list[Any] = []
        while (message := guest.next(0.0)) is not None:
            if message["type"] == "block":
                blocks.append(message["block"])
                self.rate, self._asked_at = message["rate"], None
            elif message["type"] == "note":
                self._notes(f"{self.name}: {message['text']}")
            elif message["type"] == "failed":
                self._let_go()
                raise SourceGone(str(message["text"]))
        if guest.gone:
            why = guest.how()
            self._let_go()
            raise SourceGone(f"{self.name}: {why}")
        there = sum(len(block) for block in blocks)
        if self._asked_at is None:
            guest.send({"pull": max(0, frames - there)})
            self._asked_at = time.monotonic()
        if not blocks:
            return np.zeros((0, 2), np.float32)
        return np.concatenate(blocks).astype(np.float32, copy=False)

    def _let_go(self) -> None:
        """End its process, and do not wait for it: the show's time goes on."""
        guest, self._guest = self._guest, None
        if guest is not None:
            threading.Thread(target=guest.close, name="end source", daemon=True).start()

    def close(self) -> None:
        """End its process."""
        guest, self._guest = self._guest, None
        if guest is not None:
            guest.close()


def source_of_plugin(text: str | None, folder: Path, note: Note) -> GuestSource | None:
    """The source that a plugin has by that name, tried and open-able; None if none has it.

    Raises SourceError in the words of the plugin where it does not open.
    """
    if text is None or Path(text).expanduser().is_file():
        return None
    name = text.partition(":")[0]
    if name in SOURCES or name.lower() in ADDRESSES:
        return None
    if not any((folder / "plugins").glob("*.py")) and not entry_points(group="livegan"):
        return None
    source = GuestSource(text, folder)
    try:
        source.open(note)
    except SourceError:
        if source.known:
            raise
        return None
    source._fresh = True
    return source
