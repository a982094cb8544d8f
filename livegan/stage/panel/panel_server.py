"""Serves the panel to phones: the page, and a websocket for each."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import socket
from collections.abc import Callable
from http import HTTPStatus
from importlib import resources
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from livegan import __version__
from livegan.ipc.messages import Safe, Solo, SwapNow, Undo
from livegan.ipc.remote.address import ShowAddress
from livegan.ipc.remote.schema import (
    TYPES,
    Command,
    Enter,
    FadeToBlack,
    Follow,
    HitPad,
    Hold,
    LearnControl,
    NotJson,
    PlaySet,
    RecordFilm,
    SaveScreenshot,
    SetKnob,
    SetTempo,
    TapTempo,
)
from livegan.ipc.remote.schema import read_command as read
from livegan.ipc.wire import BadMessage
from livegan.stage.panel.changes import State, for_phones
from livegan.stage.panel.phone import Phone
from livegan.stage.panel.pictures import PhonePictures
from livegan.stage.panel.show_link import ShowLink

MOST = 16
"""Phones at once."""
STRANGERS = 32
"""Connections that have yet to show their token, at most."""
ENTER = 4.0
"""Seconds in which a phone shows its token."""
LONGEST = 4096
"""Bytes of a message of a phone."""
PING, PONG = 4.0, 8.0
"""Seconds between signs of life, and until a phone that gives none is left."""
STATES, THUMBS = 0.05, 0.5
"""Seconds between two states, and between two with thumbnails."""
LOOK = 1 / 250
"""Seconds between looks for a picture, while a phone waits for one."""
WRONG_TOKEN, NONSENSE, FULL = 4001, 4002, 4003
"""Codes with which a phone is left; the page does not come back after the first two."""
LET = (
    SetKnob, HitPad, LearnControl, Hold, FadeToBlack, RecordFilm, SaveScreenshot, SetTempo,
    TapTempo, Undo, Safe, SwapNow, Solo, PlaySet,
)  # fmt: skip
"""What a phone may ask for. Not everything that a program of this machine may: nothing here opens a
file that the show does not have open."""
PAGE = {
    "/": ("index.html", "text/html"),
    "/panel.css": ("panel.css", "text/css"),
    "/panel.js": ("panel.js", "text/javascript"),
    "/connection.js": ("connection.js", "text/javascript"),
    "/knob.js": ("knob.js", "text/javascript"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
"""Path → file and its type."""
SAFETY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self' ws:; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PanelServer:
    """The panel of a show. All on one event loop."""

    def __init__(
        self,
        address: ShowAddress,
        token: str,
        pictures: PhonePictures | None,
        looks: Callable[[int], None],
        note: Callable[[str], None],
    ) -> None:
        """``looks`` receives how many phones look on, when that changes; ``note`` a line about one
        that is sent away."""
        self._token, self._pictures = token, pictures
        self._looks, self._note = looks, note
        self._phones: set[Phone] = set()
        self._strangers = 0
        self._state: State = {}
        self._hands = ShowLink(address, Follow(STATES), self._take)
        """For knobs and pads, which wait for no frame."""
        self._orders = ShowLink(address, Follow(THUMBS, thumbs=True), self._take_thumbs)
        self._knobs: dict[str, tuple[float, Phone]] = {}
        """Where knobs are to go. The newest counts: a finger sends more than a show must hear."""
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = logging.getLogger("livegan.panel")
        self._quiet.addHandler(logging.NullHandler())
        self._quiet.propagate = False

    async def serve(self, made: socket.socket) -> None:
        """Serve on a socket that is bound, until this is cancelled."""
        jobs = [self._hands.keep(), self._orders.keep(), self._turn(), self._watch_pictures()]
        running = [asyncio.create_task(job) for job in jobs]
        try:
            async with serve(
                self._meet,
                sock=made,
                process_request=self._page,
                compression=None,
                max_size=LONGEST,
                max_queue=4,
                open_timeout=ENTER,
                close_timeout=1,
                ping_interval=PING,
                ping_timeout=PONG,
                server_header=None,
                logger=self._quiet,
            ):
                await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()

    # The page ------------------------------------------------------------------------------------

    def _page(self, connection: ServerConnection, request: Request) -> Response | None:
        """A file of the page; None for a websocket."""
        path = request.path.partition("?")[0]
        if path == "/show":
            if self._strangers >= STRANGERS:
                return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections\n")
            return None
        if path not in PAGE:
            return connection.respond(HTTPStatus.NOT_FOUND, "the panel is at /\n")
        name, kind = PAGE[path]
        body = resources.files(__package__).joinpath("page", name).read_bytes()
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))}
        return Response(200, "OK", Headers({**headers, "Connection": "close", **SAFETY}), body)

    # Phones --------------------------------------------------------------------------------------

    async def _meet(self, connection: ServerConnection) -> None:
        self._strangers += 1
        try:
            why = await self._enters(connection)
        except (TimeoutError, asyncio.TimeoutError, ConnectionClosed):
            return
        finally:
            self._strangers -= 1
        if why is not None:
            code, text = why
            self._note(f"a phone was sent away: {text}")
            await connection.close(code, text)
            return
        phone = Phone(connection)
        self._phones.add(phone)
        self._looks(len(self._phones))
        sending = asyncio.create_task(phone.send(lambda: self._state, self._jpeg))
        try:
            phone.wake()
            async for message in connection:
                await phone.hear(message, self._do)
        except NotJson as error:
            self._note(f"a phone was sent away: {error}")
            await connection.close(NONSENSE, "not a message of the panel")
        except ConnectionClosed:
            pass
        finally:
            sending.cancel()
            self._phones.discard(phone)
            self._looks(len(self._phones))

    async def _enters(self, connection: ServerConnection) -> tuple[int, str] | None:
        """Let a phone in; or with which code and line it is sent away."""
        message = await asyncio.wait_for(connection.recv(), ENTER)
        data = message.encode("utf-8", "replace") if isinstance(message, str) else message
        try:
            command, _ = read(data)
        except BadMessage:
            return NONSENSE, "not a message of the panel"
        if not isinstance(command, Enter):
            return NONSENSE, "the first message has the token"
        given, token = command.token.encode("utf-8", "replace"), self._token.encode()
        if not hmac.compare_digest(given, token):
            return WRONG_TOKEN, "wrong token: scan the QR code of this show"
        if len(self._phones) >= MOST:
            return FULL, f"{MOST} phones are connected already"
        welcome = {
            "type": "welcome",
            "livegan": __version__,
            "commands": [TYPES[kind] for kind in LET],
        }
        await connection.send(json.dumps(welcome))
        return None

    def _do(self, command: Command, phone: Phone) -> None:
        if isinstance(command, SetKnob):
            if command.name in self._state.get("values", {}):  # so that there are never many
                self._knobs[command.name] = command.value, phone
                self._moved.set()
            else:
                phone.answer(False, f"there is no knob {command.name!r:.80}")
            return
        if not self._lets(command):
            phone.answer(False, "a phone cannot ask for that")
            return
        link = self._hands if isinstance(command, HitPad) else self._orders
        task = asyncio.create_task(self._ask(link, command, phone))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _lets(self, command: Command) -> bool:
        if isinstance(command, PlaySet):
            return command.name in self._state.get("scenes", ())
        return isinstance(command, LET)

    async def _ask(self, link: ShowLink, command: Command, phone: Phone) -> None:
        done, text = await link.ask(command)
        if not isinstance(command, (SetKnob, HitPad)) or not done:
            phone.answer(done, text)

    async def _turn(self) -> None:
        """Turn knobs, one after the other."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            while self._knobs:
                name = next(iter(self._knobs))
                value, phone = self._knobs.pop(name)
                await self._ask(self._hands, SetKnob(name, value), phone)

    # What they see -------------------------------------------------------------------------------

    def _take(self, state: State) -> None:
        slots = self._state.get("thumbs", [])
        self._state = {**for_phones(state), "thumbs": slots}
        self._wake()

    def _take_thumbs(self, state: State) -> None:
        thumbs: list[Any] = [slot.get("picture", "") for slot in state.get("slots", [])]
        self._state = {**self._state, "thumbs": thumbs}
        self._wake()

    def _wake(self) -> None:
        for phone in self._phones:
            phone.wake()

    async def _jpeg(self, after: int) -> tuple[int, bytes]:
        if self._pictures is None or self._pictures.newest <= after:
            return 0, b""
        return await asyncio.to_thread(self._pictures.jpeg, after)

    async def _watch_pictures(self) -> None:
        """Wake the phones that wait for a picture when one has come."""
        seen = 0
        while self._pictures is not None:
            waiting = [phone for phone in self._phones if phone.takes_picture]
            await asyncio.sleep(LOOK if waiting else 5 * LOOK)
            newest = self._pictures.newest
            if newest > seen and waiting:
                seen = newest
                for phone in waiting:
                    phone.wake()
