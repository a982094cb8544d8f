"""One client at the address of a show: what it sent, and what it has yet to read.

Nothing here waits, and nothing grows: a line is short, and no further one is taken before the
answer to the last has left.
"""

from __future__ import annotations

import contextlib
import hmac
import socket
from collections.abc import Callable

from livegan.ipc.remote.schema import (
    FASTEST,
    LONGEST_LINE,
    SLOWEST,
    VERSION,
    Answer,
    Command,
    Enter,
    Follow,
    FromShow,
    NotJson,
    line_of,
    read_command,
)
from livegan.ipc.wire import BadMessage

ENTER = 3.0
"""Seconds in which a client has to show its token."""
UNREAD = 10.0
"""Seconds after which a client that does not read is left."""


class Visitor:
    """A connection. `gone` is why it is over, in a line; None while it is not."""

    def __init__(self, made: socket.socket, token: str, now: float) -> None:
        made.setblocking(False)
        self.socket = made
        self.gone: str | None = None
        self.awaits = False
        """A command of it is being done."""
        self.due: float | None = None
        """When it is to be sent the state; None while it did not ask."""
        self.thumbs = False
        """Its states have thumbnails."""
        self.entered = False
        self.values = False
        """It wants the values of signals and nodes in its states."""
        self._token, self._came = token, now
        self._every = 0.0
        self._number = 0
        self._in = self._out = b""
        self._unread_since = now

    @property
    def wants_to_read(self) -> bool:
        """Whether more of it is to be received: not before what it sent was seen to."""
        return self.gone is None and b"\n" not in self._in and not self.awaits

    @property
    def has_unread(self) -> bool:
        """Whether it has yet to read something."""
        return bool(self._out)

    @property
    def has_line(self) -> bool:
        """Whether a line of it is to be seen to."""
        return self.gone is None and b"\n" in self._in and not self.awaits and not self._out

    def receive(self) -> None:
        """Take what it sent."""
        try:
            found = self.socket.recv(LONGEST_LINE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            found = b""
        if not found:
            self.gone = self.gone or ""
        self._in += found
        if b"\n" not in self._in and len(self._in) >= LONGEST_LINE:
            self._leave(f"a line has {LONGEST_LINE} bytes at most")

    def next(self, now: float) -> Command | None:
        """The next command for the show, if there is a whole line; what is wrong is answered."""
        line, _, self._in = self._in.partition(b"\n")
        try:
            if len(line) > LONGEST_LINE:
                raise NotJson(f"a line has {LONGEST_LINE} bytes at most")
            command, self._number = read_command(line)
        except BadMessage as error:
            if isinstance(error, NotJson) or not self.entered:
                self._leave(str(error))
            else:
                self.answer(False, str(error))
            return None
        if not self.entered:
            self._enter(command)
            return None
        if isinstance(command, Follow):
            self._every = 0.0 if command.every <= 0 else min(SLOWEST, max(FASTEST, command.every))
            self.due, self.thumbs, self.values = now, command.thumbs, command.values
            return None
        return command

    def _enter(self, command: Command) -> None:
        if not isinstance(command, Enter):
            self._leave('the first line is {"type": "enter", "token": ...}')
        elif command.speaks != VERSION:
            self._leave(f"this show speaks version {VERSION} of the messages: use its livegan")
        elif not hmac.compare_digest(_bytes(command.token), _bytes(self._token)):
            self._leave("wrong token: read it from the address file of this show")
        else:
            self.entered = True
            self.answer(True)

    def answer(self, done: bool, text: str = "") -> None:
        """Answer its last command."""
        self.awaits = False
        self.send(Answer(done, text, self._number))

    @property
    def follows_thumbs(self) -> bool:
        """Whether it is sent thumbnails again and again."""
        return self.thumbs and self.due is not None

    def state(self, line: Callable[[bool, bool], bytes], now: float) -> None:
        """Send the state, if it is due and the last one was read. ``line`` takes whether it has
        thumbnails, and whether it has values of signals and nodes."""
        if self.due is None or now < self.due or self._out:
            return
        self.due = now + self._every if self._every else None
        self._put(line(self.thumbs, self.values))

    def send(self, message: FromShow) -> None:
        """Send it a message."""
        self._put(line_of(message))

    def look(self, now: float) -> None:
        """Leave a client that does not read, or does not show its token in time."""
        if self.gone is not None:
            return
        before = len(self._out)
        self.flush()
        if not self._out or len(self._out) < before:
            self._unread_since = now
        elif now - self._unread_since > UNREAD:
            self.gone = "a client does not read what it is sent"
        if not self.entered and now - self._came > ENTER:
            self._leave(f"no token came within {ENTER:g} seconds")

    def flush(self) -> None:
        """Send what it reads at the moment."""
        if not self._out:
            return
        try:
            self._out = self._out[self.socket.send(self._out) :]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._out, self.gone = b"", self.gone or ""

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            # What lies there unread would make the system drop what was sent.
            self.socket.recv(1 << 16)
        self.socket.close()

    def _leave(self, why: str) -> None:
        """Say why, and be gone."""
        self.answer(False, why)
        self.gone = why

    def _put(self, data: bytes) -> None:
        self._out += data
        self.flush()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
