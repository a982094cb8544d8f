"""The process that receives OSC: ports to the control table.

A process of its own, for a thread of the stage would wait for the interpreter at each datagram
while a picture is drawn, and the port's buffer is small. Started by `livegan.stage.hands.hands`.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import time
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection
from typing import Any

from livegan.control_names import is_hit
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.stage.hands.incoming import Incoming
from livegan.stage.hands.lanes import Lanes
from livegan.stage.hands.osc_controls import BundleQueue, sets
from livegan.stage.hands.osc_packet import Malformed, OscMessage, messages
from livegan.stage.hands.osc_pattern import is_pattern
from livegan.stage.outputs.hosting import GuestPipe

BUFFER = 8 * 2**20
"""Bytes of the receive buffer that are asked for; the system may give less."""
SO_RCVBUFFORCE = 33  # Linux, for root: beyond net.core.rmem_max
AT_ONCE = 20_000
"""Datagrams that are read before they are taken: a flood must not hold up the rest."""
LOOK = 0.1  # seconds between looks at what the stage says; packets are taken at once
RETRY = 1.0  # seconds until a port that is taken is tried again
MALFORMED_LINE = 10.0  # seconds between two lines about what is not OSC


class Port:
    """A UDP port; opened again and again while another program has it."""

    def __init__(self, host: str, number: int, note: Callable[[str], None]) -> None:
        self.host, self.number = host, number
        self.socket: socket.socket | None = None
        self._note, self._said, self._next = note, "", 0.0

    def open(self) -> None:
        """Try to open it, once a second."""
        if self.socket is not None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + RETRY
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            with contextlib.suppress(OSError):
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            if sys.platform == "linux":
                with contextlib.suppress(OSError):
                    made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
            made.bind((self.host, self.number))
        except (OSError, OverflowError) as error:
            made.close()
            why = getattr(error, "strerror", None) or error
            self._say(
                f"OSC: port {self.number} on {self.host} cannot be opened ({why}); close what has "
                "it, or give another: livegan perform --osc PORT"
            )
            return
        self.socket = made
        self._say(f"OSC: listening on {self.host}:{self.number}")

    def drain(self) -> list[bytes]:
        """All that has come."""
        found: list[bytes] = []
        while self.socket is not None and len(found) < AT_ONCE:
            try:
                found.append(self.socket.recv(65536))
            except BlockingIOError:
                break
            except ConnectionError:  # Windows: something was sent to a port in vain
                continue
            except OSError as error:
                self._say(f"OSC: port {self.number} is gone ({error.strerror or error})")
                self.close()
        return found

    def close(self) -> None:
        """Let go of the port."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._note(text)


class Receiver:
    """Datagrams to controls."""

    def __init__(self, incoming: Incoming, note: Callable[[str], None]) -> None:
        self.incoming, self._note = incoming, note
        self.waiting = BundleQueue()
        self.malformed = 0
        """Datagrams that were not OSC."""
        self._told_malformed = -MALFORMED_LINE
        self._told_full = False

    def take(self, datagrams: list[bytes], show_time: float, now: float) -> None:
        """Set what datagrams say; ``now`` is in seconds since 1970, for bundles of the future."""
        values: dict[str, float] = {}
        for message in self.waiting.due(now):
            self._gather(message, values)
        for datagram in datagrams:
            try:
                for message in messages(datagram):
                    if not self.waiting.put(message, now):
                        self._gather(message, values)
            except Malformed as error:
                self._not_osc(error)
        self.incoming.look()
        self.incoming.mapper.glide(show_time)
        for name, value in values.items():
            self.incoming.take(name, value, show_time)
        lanes = self.incoming.lanes
        if lanes.left_out and not self._told_full:
            self._told_full = True
            self._note(
                f"OSC: more than {lanes.room // 2} different numbers came; new ones are left "
                "out unless the set names them"
            )

    def _gather(self, message: OscMessage, values: dict[str, float]) -> None:
        """What it sets: the last of many messages counts, but a blow is not undone by a 0."""
        known: Collection[str] = ()
        if is_pattern(message.address):
            lanes = self.incoming.lanes
            known = {*lanes.names, *lanes.wanted, *values}
        for name, value in sets(message, known):
            if value > 0 or name not in values or not is_hit(name):
                values[name] = value

    def _not_osc(self, error: Malformed) -> None:
        self.malformed += 1
        if time.monotonic() - self._told_malformed >= MALFORMED_LINE:
            self._told_malformed = time.monotonic()
            self._note(f"OSC: {self.malformed} packets were not OSC so far ({error})")


def listen(connection: Connection, options: dict[str, Any]) -> None:
    """Receive on ``options["ports"]``, (host, port) each, until the stage ends it."""
    line = GuestPipe(connection)
    ports = [Port(host, number, line.note) for host, number in options["ports"]]
    try:
        lanes, ring = Lanes(options["lanes"]), SoundRing.attach(options["sound_ring"])
    except FileNotFoundError:
        return  # the stage that made them is gone
    incoming = Incoming(lanes, line)
    receiver = Receiver(incoming, line.note)
    line.opened()
    with ring:
        while incoming.hear():
            for port in ports:
                port.open()
            sockets = [port.socket for port in ports if port.socket is not None]
            pause = receiver.waiting.wait(time.time(), incoming.pause(LOOK))
            if sockets:
                select.select(sockets, [], [], pause)
            else:
                time.sleep(pause)
            datagrams = [datagram for port in ports for datagram in port.drain()]
            receiver.take(datagrams, ring.position / RATE, time.time())
