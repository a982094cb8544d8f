"""The process that sends OSC: the numbers of a set's ``send(...)``, as an engine wrote them.

An engine opens no socket, so one that dies or is replaced sends nothing twice. Started by
`livegan.stage.hands.hands` where a set says ``send(...)``.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any

from livegan.control_names import SENT_FRAME
from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import Row
from livegan.stage.hands.osc_packet import packed
from livegan.stage.outputs.hosting import GuestPipe

LOOK = 0.004  # seconds between looks at the numbers; one takes 2 us where nothing changed
RETRY = 5.0  # seconds until a name that was not found is looked up again


class OscReceiver:
    """Where messages go: a host, looked up by a thread, for that may take long."""

    def __init__(self, host: str, port: int, note: Callable[[str], None]) -> None:
        self.host, self.port, self._note = host, port, note
        self.where: tuple[str, int] | None = None
        """None until it was found."""
        self._trouble = ""
        threading.Thread(target=self._find, name=f"find {host}", daemon=True).start()

    def _find(self) -> None:
        while self.where is None:
            try:
                found = socket.getaddrinfo(self.host, self.port, socket.AF_INET, socket.SOCK_DGRAM)
                self.where = str(found[0][4][0]), self.port
            except (OSError, UnicodeError) as error:
                self.fails(f"cannot be found ({getattr(error, 'strerror', None) or error})")
                time.sleep(RETRY)

    def fails(self, why: str) -> None:
        """Say once that nothing can be sent; an empty reason: it can again."""
        if why and why != self._trouble:
            self._note(f"OSC: {self.host}:{self.port} {why}; it is tried again")
        self._trouble = why


class OscSender:
    """Sends what changed."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._rows: Sequence[Row] = ()
        self._receivers: dict[tuple[str, int], OscReceiver] = {}
        self._sent: dict[str, tuple[float, ...]] = {}
        self._frame: Any = None
        self._again = False
        """Something could not be sent yet."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)

    def follow(self, rows: Sequence[Row]) -> None:
        """What the set on the air sends: ``key``, ``address``, ``host``, ``port``, ``count``."""
        self._rows, self._again = rows, True
        wanted = {(str(row["host"]), int(row["port"])) for row in rows}
        for where in wanted - self._receivers.keys():
            self._receivers[where] = OscReceiver(*where, self._note)

    def send(self, values: Mapping[str, Any]) -> None:
        """Send each message of which a number changed; ``values`` are controls by name."""
        frame = values.get(SENT_FRAME)
        if frame == self._frame and not self._again:
            return
        self._frame, self._again = frame, False
        for row in self._rows:
            found = [values.get(f"{row['key']}#{index}") for index in range(row["count"])]
            numbers = tuple(control.value for control in found if control is not None)
            receiver = self._receivers[row["host"], row["port"]]
            if len(numbers) < row["count"] or numbers == self._sent.get(row["key"]):
                continue
            if receiver.where is None:
                self._again = True
                continue
            try:
                self._socket.sendto(packed(row["address"], numbers), receiver.where)
            except OSError as error:
                receiver.fails(f"cannot be reached ({error.strerror or error})")
                continue  # the next frame has newer numbers
            receiver.fails("")
            self._sent[row["key"]] = numbers

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def send(connection: Connection, options: dict[str, Any]) -> None:
    """Send what the table of ``options["table"]`` says until the stage ends it."""
    line = GuestPipe(connection)
    try:
        table = ControlTable.attach(options["table"])
    except FileNotFoundError:
        return  # the stage that made it is gone
    sender = OscSender(line.note)
    line.opened()
    while (message := line.next()) is not None:
        if message.get("type") == "sends":
            sender.follow(message["rows"])
        if message == {}:
            sender.send(table.snapshot())
            time.sleep(LOOK)
    sender.close()
    table.close()
