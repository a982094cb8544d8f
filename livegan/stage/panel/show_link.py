"""The panel's connections to the address of its show: it is a client like any other."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from livegan.ipc.remote.address import ShowAddress
from livegan.ipc.remote.schema import Command, Enter, Follow, line_of

AGAIN = 0.5  # seconds until a connection that broke is made again
CONNECT = 2.0  # seconds that the show has to accept one
PENDING = 64
"""Commands that wait for their answer, at most."""
LONGEST = 8 * 2**20
"""Bytes of a state."""
ENDED = "the show does not answer"
State = dict[str, Any]


class ShowLink:
    """One connection, made again whenever it breaks."""

    def __init__(
        self,
        address: ShowAddress,
        follow: Follow | None = None,
        took: Callable[[State], None] = lambda state: None,
    ) -> None:
        """``took`` receives the states that ``follow`` asks for, as they are on the wire: fields
        that only a later livegan has go on to the phones."""
        self._address, self._follow, self._took = address, follow, took
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[tuple[bool, str]]] = {}
        self._number = 0

    async def keep(self) -> None:
        """Keep it, until this is cancelled."""
        while True:
            with contextlib.suppress(OSError, ValueError, EOFError):
                await self._talk()
            await asyncio.sleep(AGAIN)

    async def ask(self, command: Command) -> tuple[bool, str]:
        """Have something done: whether it was, and a line that says what or why not."""
        if self._writer is None:
            return False, ENDED
        if len(self._asked) >= PENDING:
            return False, "too much was asked at once"
        self._number += 1
        number = self._number
        answer: asyncio.Future[tuple[bool, str]] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self._writer.write(line_of(command, number))
            return await answer
        finally:
            self._asked.pop(number, None)

    async def _talk(self) -> None:
        made = self._address.connect(CONNECT)
        made.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=made, limit=LONGEST)
        try:
            writer.write(line_of(Enter(self._address.token)))
            if self._follow is not None:
                writer.write(line_of(self._follow))
            self._writer = writer
            while line := await reader.readline():
                self._take(json.loads(line))
        finally:
            self._writer = None
            writer.close()
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_result((False, ENDED))

    def _take(self, said: State) -> None:
        if said["type"] == "state":
            self._took(said)
        elif said["type"] == "answer":
            answer = self._asked.get(said["id"])
            if answer is not None and not answer.done():
                answer.set_result((said["done"], said["text"]))
