"""The engine's end of the pipe to the stage."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from livegan.ipc.messages import TO_ENGINE, FromEngine, Note, Quit, ToEngine
from livegan.ipc.wire import BadMessage, decode, encode


class Link:
    """Messages to the stage, sent by any thread, and from it, read by one."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self.open = True
        """The engine is to go on: it was not told to quit, and the stage is there."""

    def send(self, message: FromEngine) -> None:
        """Send to the stage; when it is gone, so is the engine."""
        try:
            with self._sending:
                self._connection.send(encode(message))
        except (OSError, ValueError):
            self.open = False

    def receive(self, wait_s: float = 0.0) -> ToEngine | None:
        """The stage's next message within ``wait_s``. Reports data that is not a message."""
        try:
            if not self._connection.poll(wait_s):
                return None
            said = self._connection.recv()
        except (EOFError, OSError):
            self.open = False
            return None
        try:
            message: ToEngine = decode(said, TO_ENGINE)
        except BadMessage as error:
            self.send(Note(f"the engine does not understand a message: {error}"))
            return None
        if isinstance(message, Quit):
            self.open = False
        return message

    def drop(self) -> None:
        """Let go of the pipe in a process that was forked off: the engine's words are its own, and
        only its own end is the end of the pipe."""
        self.open = False
        self._sending = threading.Lock()  # another thread of the engine's may hold it
        with contextlib.suppress(OSError):
            self._connection.close()
