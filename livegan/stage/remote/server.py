"""Answers at the address of a show, on a thread of its own.

A frame pays nothing for clients: the thread reads what the stage shows anyway, and what is asked of
the stage waits in a queue until the stage takes it. A flood of commands is slowed down by not being
read.
"""

from __future__ import annotations

import functools
import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from livegan import __version__
from livegan.ipc.remote.address import OpenAddress
from livegan.ipc.remote.schema import Answer, Command, FromShow, ShowState, Welcome, line_of
from livegan.stage.remote.visitor import Visitor

MOST = 32
"""Clients at once."""
A_PASS = 16
"""Commands of all clients that are taken before the thread rests."""
REST = 0.01
"""Seconds of that rest: a flood takes a few hundredths of a core."""
IDLE = 0.25
"""Seconds between looks at what cannot be waited for."""


class Declined(ValueError):
    """A command cannot be done; one line, which the client is sent."""


class RemoteRequest(NamedTuple):
    """A command for the stage, of a client."""

    command: Command
    visitor: Visitor


class RemoteServer:
    """The address of a show. `take` what was asked on the stage's own thread."""

    def __init__(
        self,
        open_address: OpenAddress,
        state: Callable[[bool, bool], ShowState],
        at_once: Callable[[Command], str | FromShow | None],
        told: Callable[[str, str], None],
    ) -> None:
        """``state`` and ``at_once`` are called on the server's thread. ``state`` takes whether
        thumbnails are wanted, and whether the values of signals and nodes are. ``at_once`` does a
        command that needs no frame, and gives the line of the answer, or what is sent in its place;
        None leaves it to `take`. It raises `Declined`.
        ``told`` receives lines about clients that are sent away, and of which kind they are.
        """
        self.address = open_address.address
        self._open, self._state, self._at_once, self._told = open_address, state, at_once, told
        self._visitors: list[Visitor] = []
        self._asked: queue.SimpleQueue[RemoteRequest] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[Visitor, bool, str]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        open_address.socket.setblocking(False)
        self._thread = threading.Thread(target=self._serve, name="remote", daemon=True)
        self._thread.start()

    @property
    def thumbs_wanted(self) -> bool:
        """Whether a client follows the thumbnails; from any thread."""
        return any(visitor.follows_thumbs for visitor in self._visitors)

    def take(self, do: Callable[[Command], str], most: int = 32) -> None:
        """Do what was asked, at most so much; on the thread of the stage. ``do`` gives the answer,
        and raises `Declined`."""
        for _ in range(most):
            try:
                asked = self._asked.get_nowait()
            except queue.Empty:
                return
            try:
                answer = asked.visitor, True, do(asked.command)
            except Declined as error:
                answer = asked.visitor, False, str(error)
            except BaseException as error:
                self._answers.put((asked.visitor, False, f"a part of the show failed: {error!r}"))
                raise
            self._answers.put(answer)
            self._rouse()

    @property
    def values_wanted(self) -> bool:
        """Whether a client follows the values of signals and nodes. From any thread."""
        return any(v.values and v.due is not None for v in self._visitors)

    def stop(self) -> None:
        """Leave all clients, and close the address."""
        self._stop.set()
        self._rouse()
        self._thread.join(2.0)
        self._open.close()
        for visitor in self._visitors:
            visitor.close()
        self._wake.close()
        self._woken.close()

    def _rouse(self) -> None:
        try:
            self._wake.send(b"\0")
        except OSError:  # it is awake, or gone
            return

    # On the thread -------------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                self._pass()
            except Exception as error:  # a mistake of ours must not end the address
                self._told("failed", f"a part of the address failed: {error!r}")
                self._stop.wait(IDLE)

    def _pass(self) -> None:
        self._wait()
        now = time.monotonic()
        self._accept(now)
        while not self._answers.empty():
            visitor, done, text = self._answers.get_nowait()
            visitor.answer(done, text)
        taken = self._commands(now)
        self._send_states(now)
        for visitor in self._visitors:
            visitor.look(now)
            if visitor.gone is not None:
                visitor.flush()
                visitor.close()
                if visitor.gone:
                    self._told("client", f"a client was sent away: {visitor.gone}")
        self._visitors = [v for v in self._visitors if v.gone is None]
        if taken >= A_PASS:
            self._stop.wait(REST)

    def _wait(self) -> None:
        """Wait for something to do."""
        now = time.monotonic()
        due = [v.due for v in self._visitors if v.due is not None and not v.has_unread]
        pause = min([IDLE, *(max(0.0, at - now) for at in due)])
        if any(v.has_line for v in self._visitors):
            pause = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(self._open.socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            for each in self._visitors:
                events = selectors.EVENT_READ * each.wants_to_read
                events |= selectors.EVENT_WRITE * each.has_unread
                if events:
                    selector.register(each.socket, events, each)
            for key, ready in selector.select(pause):
                if key.fileobj is self._woken:
                    self._woken.recv(4096)
                elif isinstance(key.data, Visitor) and ready & selectors.EVENT_READ:
                    key.data.receive()

    def _accept(self, now: float) -> None:
        while True:
            try:
                made, _ = self._open.socket.accept()
            except BlockingIOError:
                return
            except OSError:  # no more files can be open: not at once again
                self._stop.wait(IDLE)
                return
            visitor = Visitor(made, self.address.token, now)
            if len(self._visitors) >= MOST:
                visitor.send(Answer(False, f"this show has {MOST} clients already"))
                visitor.close()
                continue
            visitor.send(Welcome(self.address.show, __version__))
            self._visitors.append(visitor)

    def _commands(self, now: float) -> int:
        """Take commands, in turn from each client: how many."""
        taken = 0
        while taken < A_PASS and (talking := [v for v in self._visitors if v.has_line]):
            for visitor in talking[: A_PASS - taken]:
                taken += 1
                command = visitor.next(now)
                if command is not None:
                    self._do(command, visitor)
            # Who talks most comes last.
            self._visitors = self._visitors[1:] + self._visitors[:1]
        return taken

    def _do(self, command: Command, visitor: Visitor) -> None:
        try:
            text = self._at_once(command)
        except Declined as error:
            visitor.answer(False, str(error))
            return
        if isinstance(text, str):
            visitor.answer(True, text)
            return
        if text is not None:
            visitor.send(text)
            return
        visitor.awaits = True
        self._asked.put(RemoteRequest(command, visitor))

    def _send_states(self, now: float) -> None:
        """Send the state to those who wait for it: made once for all who want the same."""
        line = functools.cache(lambda thumbs, values: line_of(self._state(thumbs, values)))

        try:
            for visitor in self._visitors:
                visitor.state(line, now)
        except BaseException:
            for visitor in self._visitors:
                visitor.due = None  # or it fails again in the next pass
            raise
