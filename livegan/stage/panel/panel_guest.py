"""The process of the phone panel; started, and started again, by `livegan.stage.panel.panel`.

A process of its own, for JPEGs and sockets of strangers have no place beside the frames of a show.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from multiprocessing.connection import Connection
from typing import Any

from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.remote.address import ShowAddress
from livegan.stage.outputs.hosting import GuestPipe
from livegan.stage.panel.panel_address import PanelAddress
from livegan.stage.panel.panel_server import PanelServer
from livegan.stage.panel.pictures import PhonePictures

RETRY = 1.0  # seconds until a port that is taken is tried again
HANDOVER = 3.0
"""Seconds to wait for the port that phones know, which a show that ends may have, before another
is taken."""
LOOK = 0.25  # seconds between looks at the stage; a loop that hangs for long is seen by it
MOVE = 4.0  # seconds between looks at the address of this machine


def serve(connection: Connection, options: dict[str, Any]) -> None:
    """Serve the panel until the stage ends it."""
    line = GuestPipe(connection)
    with contextlib.ExitStack() as stack:
        pictures = None
        if options["ring"]:
            try:
                pictures = PhonePictures(stack.enter_context(PictureRing.attach(options["ring"])))
            except FileNotFoundError:
                return  # the stage that made it is gone
        line.opened()
        address = PanelAddress(**options["at"])
        made = opened(address, line)
        if made is None:
            return
        stack.enter_context(made)
        server = PanelServer(
            ShowAddress(**options["show"]),
            options["token"],
            pictures,
            lambda count: line.tell("phones", count=count),
            line.note,
        )
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(_serve(server, made, line, address, options["token"]))


async def _serve(
    server: PanelServer, made: socket.socket, line: GuestPipe, address: PanelAddress, token: str
) -> None:
    port = made.getsockname()[1]
    serving = asyncio.create_task(server.serve(made))
    said, due = "", 0.0
    line.tell("phones", count=0)  # those of a process before this one are gone
    while not serving.done():
        with line.at_work():
            await asyncio.sleep(LOOK)
        if line.asked_to_end():
            serving.cancel()
        if time.monotonic() > due:  # a machine that joins another network moves
            due = time.monotonic() + MOVE
            url = await asyncio.to_thread(address.url, port, token)
            if url != said:
                said = url
                line.tell("where", url=url, port=port)
    await serving


def opened(address: PanelAddress, line: GuestPipe) -> socket.socket | None:
    """A socket that is bound there, tried again while somebody else has the port; None if the stage
    ends it before. Its name is said once where it cannot be had."""
    began, said = time.monotonic(), ""
    while not line.asked_to_end():
        late = time.monotonic() - began > HANDOVER
        ports = address.ports
        why: OSError | None = None
        for port in ports if late else ports[:1]:
            try:
                return bound(address.host, port)
            except OSError as error:
                why = error
        if late and why is not None and not said:
            text = why.strerror or str(why)
            which = f"port {ports[0]}" if len(ports) == 1 else f"ports {ports[0]} to {ports[-1]}"
            said = (
                f"panel: {which} on {address.host} cannot be opened ({text}); end what has it, or "
                f"start the show with another: --panel-at {address.host}:{ports[-1] + 1}"
            )
            line.note(said)
        time.sleep(RETRY / 4 if not late else RETRY)
    return None


def bound(host: str, port: int) -> socket.socket:
    """A socket at this port. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Windows would share a port that another program uses; elsewhere this lets us have our own
        # port again at once.
        if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen()
    except (OSError, OverflowError):
        made.close()
        raise
    return made
