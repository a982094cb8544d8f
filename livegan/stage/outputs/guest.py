"""Guests: outputs and sources of plugins, each in a process of its own beside the stage.

One that crashes, hangs, or eats memory costs itself, never a frame of the window.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from livegan.stage.outputs.hosting import Message
from livegan.stage.supervision.engine_process import death, start_engine

MEMORY = 2 * 2**30
"""Bytes that a guest may hold."""
OPENING = 60.0  # seconds a guest may take to import and open what it is
SILENT = 10.0  # seconds without a sign of life, or at one picture, after which it is ended
LOOK = 0.25  # seconds between looks at its memory
GOODBYE = 2.0  # seconds one has to end when it is asked

_STARTING = ThreadPoolExecutor(1, "guests")
"""The thread that starts them: Linux ends a process with the thread it was started by."""


class Guest:
    """The process of one guest, and what it says."""

    def __init__(
        self, target: str, options: Message, show: Callable[[list[str]], None] | None = None
    ) -> None:
        """``target`` is a function of `livegan.stage.outputs.hosting`, or ``module:function``.

        What it prints is handed to ``show`` in lines; without it, it goes to the terminal.
        """
        where = target if ":" in target else f"livegan.stage.outputs.hosting:{target}"
        self._engine = _STARTING.submit(start_engine, options, where, show).result()
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._limit, self._heard = OPENING, time.monotonic()
        self._looked = 0.0
        self._gone = False
        self.opened = False
        """Whether it said that it is at work."""
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
                self.opened = True
            elif kind != "alive":
                return message
            elif message["busy"] > SILENT:
                self._end(f"it did not answer for {SILENT:g} s")
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
    def pid(self) -> int:
        """The process id."""
        return self._engine.pid

    @property
    def gone(self) -> bool:
        """Whether it has ended, and all it said was heard."""
        return self._gone

    def how(self) -> str:
        """Why it is gone, in words."""
        if not self.wrong and self._engine.exitcode is None:
            self._engine.quit(GOODBYE)  # its pipe may close a moment before it ends
        return self.wrong or death(self._engine.exitcode)

    def place(self, set_path: Path) -> str:
        """``file:line`` of a set, or of a file beside it, at which it is, or was when it died;
        empty if that is not known. Only of one whose output is read."""
        if self._engine.exitcode is None:
            self._engine.ask_where()
        return self._engine.post_mortem(set_path).where

    def end(self) -> None:
        """End it at once, whatever it is doing."""
        self._engine.kill()
        self._engine.close()

    def close(self) -> None:
        """End it, by force if need be."""
        if not self._engine.quit(GOODBYE):
            self._engine.kill()
        self._engine.close()
