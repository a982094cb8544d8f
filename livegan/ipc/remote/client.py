"""A client of a show: asks it for something, or follows its state."""

from __future__ import annotations

from collections.abc import Iterator

from livegan.ipc.remote.address import ShowAddress
from livegan.ipc.remote.schema import (
    VERSION,
    Answer,
    AskText,
    Command,
    Enter,
    Follow,
    FromShow,
    SetText,
    ShowState,
    Welcome,
    line_of,
    read_answer,
)
from livegan.ipc.wire import BadMessage

PATIENCE = 5.0
"""Seconds that a show has to answer."""


class RemoteError(Exception):
    """A show cannot be reached, or refused what was asked; one line."""


class ShowClient:
    """A connection to a show, for one thread. A context manager."""

    def __init__(self, address: ShowAddress, patience: float = PATIENCE) -> None:
        """Connects, and shows the token. Raises RemoteError."""
        self._name = address.show
        try:
            self._socket = address.connect(patience)
        except OSError as error:
            why = error.strerror or error
            raise RemoteError(f"the show {address.show!r} cannot be reached: {why}") from None
        self._lines = self._socket.makefile("rb")
        try:
            welcome = self._next()
            if not isinstance(welcome, Welcome) or welcome.speaks != VERSION:
                raise RemoteError(
                    f"the show {address.show!r} speaks another version of these messages: use the "
                    "livegan that plays it"
                )
            self.ask(Enter(address.token))
        except BaseException:
            self.close()
            raise

    def ask(self, command: Command) -> str:
        """Have something done. Returns the line that the show answers.

        Raises RemoteError with that line if it was refused.
        """
        self._send(command)
        while True:
            message = self._next()
            if isinstance(message, Answer):
                if not message.done:
                    raise RemoteError(message.text)
                return message.text

    def state(self) -> ShowState:
        """How the show stands."""
        return next(self.states(0.0))

    def text(self) -> SetText:
        """The text on the air."""
        self._send(AskText())
        while True:
            message = self._next()
            if isinstance(message, SetText):
                return message

    def states(self, every: float, values: bool = False) -> Iterator[ShowState]:
        """The state now and every so many seconds, until the show ends.

        ``values``: with those of signals, and the times of nodes.
        """
        self._send(Follow(every, values=values))
        while True:
            try:
                message = self._next()
            except ConnectionEnded:
                return
            if isinstance(message, Answer) and not message.done:
                raise RemoteError(message.text)
            if isinstance(message, ShowState):
                yield message

    def close(self) -> None:
        """Leave the show."""
        self._socket.close()
        self._lines.close()

    def _send(self, command: Command) -> None:
        try:
            self._socket.sendall(line_of(command))
        except OSError:
            raise ConnectionEnded(f"the show {self._name!r} has ended") from None

    def _next(self) -> FromShow:
        try:
            line = self._lines.readline()
        except TimeoutError:
            raise RemoteError(f"the show {self._name!r} does not answer") from None
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            raise ConnectionEnded(f"the show {self._name!r} has ended")
        try:
            return read_answer(line)
        except BadMessage as error:
            raise RemoteError(f"the show {self._name!r}: {error}") from None

    def __enter__(self) -> ShowClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ConnectionEnded(RemoteError):
    """The show closed the connection."""
