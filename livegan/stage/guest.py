"""Guests: outputs and sources of plugins, each in a process of its own beside the stage.

One that crashes, hangs, or eats memory costs itself, never a frame of the window.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np

from livegan.sound.devices import SourceError
from livegan.sound.sources import ADDRESSES, SOURCES, Array, Note, SourceGone
from livegan.stage.guard import Mode, Moment
from livegan.stage.launch import Message, death, start_engine

MEMORY = 2 * 2**30
"""Bytes that a guest may hold."""
OPENING = 60.0  # seconds a guest may take to import and open what it is
SILENT = 10.0  # seconds without a sign of life, or at one picture, after which it is ended
TRIES = 3  # times that one is started again
RETRY = 1.0  # seconds before that, and as much more each time
LOOK = 0.25  # seconds between looks at its memory
GOODBYE = 2.0  # seconds one has to end when it is asked

_STARTING = ThreadPoolExecutor(1, "guests")
"""The thread that starts them: Linux ends a process with the thread it was started by."""


class Guest:
    """The process of one guest, and what it says."""

    def __init__(self, target: str, options: Message) -> None:
        where = f"livegan.stage.hosting:{target}"
        self._engine = _STARTING.submit(start_engine, options, where).result()
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._limit, self._heard = OPENING, time.monotonic()
        self._looked = 0.0
        self._gone = False
        self.wrong = ""
        """Why it had to be ended."""
        threading.Thread(target=self._read, name=f"guest {target}", daemon=True).start()

    def _read(self) -> None:
        while (message := self._engine.receive()) is not None:
            self._inbox.put(message)
        self._inbox.put(None)

    def send(self, message: Message) -> None:
        """Send it a message."""
        self._engine.send(message)

    def next(self, timeout: float) -> Message | None:
        """What it says next, of what is not a sign of life; None if nothing came, or it is gone."""
        end = time.monotonic() + timeout
        while not self._gone:
            try:
                message = self._inbox.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                self._look()
                return None
            if message is None:
                self._gone = True
                return None
            self._heard = time.monotonic()
            kind = message["type"]
            if kind == "ready":
                self._limit = SILENT
            elif kind != "alive":
                return message
            elif message["busy"] > SILENT:
                self._end(f"it did not come back for {SILENT:g} s")
            self._look()
        return None

    def _look(self) -> None:
        """End it if it holds too much memory, or shows no sign of life."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        if self._engine.look().memory > MEMORY:
            self._end(f"it held more than {MEMORY / 2**30:g} GiB of memory")
        elif now - self._heard > self._limit:
            what = "did not open" if self._limit == OPENING else "did not answer"
            self._end(f"it {what} for {self._limit:g} s")

    def _end(self, why: str) -> None:
        self.wrong = self.wrong or why
        self._engine.kill()
        self._gone = True

    @property
    def gone(self) -> bool:
        """Whether it has ended, and all it said was heard."""
        return self._gone

    def how(self) -> str:
        """Why it is gone, in words."""
        if not self.wrong and self._engine.exitcode is None:
            self._engine.quit(GOODBYE)  # its pipe may close a moment before it ends
        return self.wrong or death(self._engine.exitcode)

    def close(self) -> None:
        """End it, by force if need be."""
        if not self._engine.quit(GOODBYE):
            self._engine.kill()
        self._engine.close()


class GuestOutput(threading.Thread):
    """Keeps an output of a plugin at work; used as `livegan.stage.outputs.Sending`."""

    def __init__(
        self,
        wanted: Message,
        folder: Path,
        mode: Mode,
        note: Note,
        acted: Callable[[Moment], None],
    ) -> None:
        """``wanted`` is an item of an ``outputs`` message of the engine."""
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
                self._note(f"{self._title}: {message['text']}")
            elif kind == "moment":
                self._acted(message["moment"])
        return None

    def stop(self) -> None:
        """Ask it to end; join it for the end."""
        self._stopped.set()


class GuestSource:
    """A source of a plugin: a `livegan.sound.sources.Source`."""

    def __init__(self, text: str, folder: Path) -> None:
        self.name, self.rate = text, 48000
        self._options: Message = {"text": text, "folder": str(folder)}
        self._guest: Guest | None = None
        self._note: Note = print
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

    def renew(self, plugins: Collection[str]) -> None:
        """If its plugin is one of these, which were edited, open it anew beside what plays.

        What plays goes on until the new one is open, and if it does not open.
        """
        if self._options.get("plugin") in plugins and self._guest is not None:
            threading.Thread(target=self._renew, name="renew source", daemon=True).start()

    def _renew(self) -> None:
        try:
            guest, message = self._start()
        except SourceError as error:
            self._note(f"{error}; the source from before plays on")
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
                self._note(f"{self.name}: {message['text']}")
            elif guest.gone:
                message = {"type": "failed", "text": guest.how()}
                break
        self.known = message["type"] != "none"
        if message["type"] != "open":
            guest.close()
            raise SourceError(f"{self.name}: {message.get('text') or 'no plugin has it'}")
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
                self._note(f"{self.name}: {message['text']}")
            elif message["type"] == "failed":
                self.close()
                raise SourceGone(str(message["text"]))
        if guest.gone:
            why = guest.how()
            self.close()
            raise SourceGone(f"{self.name}: {why}")
        there = sum(len(block) for block in blocks)
        if self._asked_at is None:
            guest.send({"pull": max(0, frames - there)})
            self._asked_at = time.monotonic()
        if not blocks:
            return np.zeros((0, 2), np.float32)
        return np.concatenate(blocks).astype(np.float32, copy=False)

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
