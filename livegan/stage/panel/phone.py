"""One phone: what it is sent, and what it asks for.

Nothing is queued for a phone that does not read. It gets the newest state and the newest picture
when it has taken the last ones, and is left when it answers no ping.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed

from livegan.ipc.remote.schema import Command, Enter, Follow, NotJson, read_command
from livegan.ipc.wire import BadMessage
from livegan.stage.panel.changes import State, changes

SHOWN = "shown"
"""What a phone says when the last picture is on its screen: it takes another."""
ANSWERS = 8
"""Answers that wait for a phone, at most; then the oldest are left out."""
UNREAD = 8.0
"""Seconds after which a phone that reads nothing is left."""
RATE, BURST = 200.0, 100.0
"""Messages of a phone that are taken in a second, and at once. More are not read until later."""


class Socket(Protocol):
    """What is used of a websocket."""

    async def send(self, message: str | bytes) -> None:
        """Send a message; waits until there is room for it."""

    @property
    def transport(self) -> Any:
        """What it is made over: an `asyncio.Transport`."""


class Phone:
    """A phone that has shown the token."""

    def __init__(self, socket: Socket, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket, self._clock = socket, clock
        self._wake = asyncio.Event()
        self._answers: deque[tuple[bool, str]] = deque(maxlen=ANSWERS)
        self._said: State = {}
        self._takes_picture = False
        self._serial = 0
        self._budget, self._budget_at = BURST, clock()

    @property
    def takes_picture(self) -> bool:
        """Whether it waits for a picture."""
        return self._takes_picture

    def wake(self) -> None:
        """There is something new."""
        self._wake.set()

    def answer(self, done: bool, text: str) -> None:
        """Tell it how a command ended."""
        self._answers.append((done, text))
        self.wake()

    async def send(
        self, state: Callable[[], State], jpeg: Callable[[int], Awaitable[tuple[int, bytes]]]
    ) -> None:
        """Send it what is new, until it is gone. ``jpeg`` gives the newest picture and its number;
        ``state`` the newest state."""
        with contextlib.suppress(ConnectionClosed, asyncio.TimeoutError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._answers:
                    done, text = self._answers.popleft()
                    await self._send({"type": "answer", "done": done, "text": text})
                newest = state()
                if changed := changes(self._said, newest):
                    self._said = newest
                    await self._send({"type": "state", **changed})
                if self._takes_picture:
                    serial, data = await jpeg(self._serial)
                    if serial > self._serial:
                        self._serial, self._takes_picture = serial, False
                        await self._send(data)

    async def _send(self, message: dict[str, Any] | bytes) -> None:
        data = message if isinstance(message, bytes) else json.dumps(message)
        try:
            await asyncio.wait_for(self._socket.send(data), UNREAD)
        except asyncio.TimeoutError:
            # It reads nothing. A ping would wait behind what it does not read, and so would a
            # goodbye.
            self._socket.transport.abort()
            raise

    async def hear(self, message: str | bytes, do: Callable[[Command, Phone], None]) -> None:
        """Take a message of it; what is a command goes to ``do``.

        Raises NotJson for what is none of these messages: the phone is to be left. A flood is
        slowed down by not being read.
        """
        await self._slow_down()
        if message == SHOWN:
            self._takes_picture = True
            self.wake()
            return
        data = message.encode("utf-8", "replace") if isinstance(message, str) else message
        try:
            command, _ = read_command(data)
        except NotJson:
            raise
        except BadMessage as error:
            self.answer(False, str(error))
            return
        if isinstance(command, (Enter, Follow)):
            self.answer(False, "a phone has entered, and follows the show anyway")
            return
        do(command, self)

    async def _slow_down(self) -> None:
        now = self._clock()
        self._budget = min(BURST, self._budget + (now - self._budget_at) * RATE) - 1
        self._budget_at = now
        if self._budget < 0:
            await asyncio.sleep(-self._budget / RATE)
