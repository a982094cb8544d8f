"""Receiving VBAN, in the process of `livegan.sound.inputs.feeder`."""

from __future__ import annotations

import socket
import time

from livegan.sound import RATE
from livegan.sound.downmix import to_stereo
from livegan.sound.inputs.feeder import RETRY, FeedPipe
from livegan.sound.network.address import ANYONE, AddressError, VbanAddress, resolved
from livegan.sound.network.packet import Packet
from livegan.sound.network.vban import VbanError, VbanPacket, unpacked

SILENT = 2.5
"""Seconds without a packet after which the sender counts as gone, and another is heard."""
BUFFER = 1 << 20
"""Bytes that the system holds for us: a second of a busy machine."""
AHEAD = 500
"""Packets that can be lost in a row; a count that goes further has begun anew."""


class VbanStream:
    """One stream of one sender: its packets on one count of samples. Pure."""

    def __init__(self) -> None:
        self._count: int | None = None
        self._next = self._epoch = 0
        self._rate = 0
        self._known: dict[int, int] = {}
        """Where packets begin that were left out: they may come later."""

    def take(self, packet: VbanPacket, arrived: float) -> Packet:
        """Where its sound belongs."""
        samples = len(packet.block)
        ahead = 0 if self._count is None else (packet.count - self._count + 2**31) % 2**32 - 2**31
        if self._count is None or abs(ahead) > AHEAD or packet.rate != self._rate:
            self._epoch += 1
            self._known.clear()
            self._next, self._rate, ahead = 0, packet.rate, 0
        if ahead < 0 and packet.count in self._known:
            at = self._known.pop(packet.count)
            return Packet(to_stereo(packet.block), at, packet.rate, arrived, self._epoch)
        # A count that never moves is one of a simple sender: then each packet follows the last.
        for number in range(ahead if self._count is not None else 0):
            self._known[(packet.count - ahead + number) % 2**32] = self._next + number * samples
        while len(self._known) > AHEAD:
            del self._known[next(iter(self._known))]
        at = self._next + max(0, ahead) * samples
        self._next = at + samples
        self._count = (packet.count + 1) % 2**32
        return Packet(to_stereo(packet.block), at, packet.rate, arrived, self._epoch)


def receive(wire: FeedPipe, wanted: str, found: str | None) -> None:
    """Receive a stream on a port of this machine, until its sender is gone."""
    try:
        address = VbanAddress.read(wanted)
        host = "" if address.host in ANYONE else resolved(address.host, address.port)[1][0]
    except AddressError as error:
        _wait(wire, str(error))
        return
    try:
        port = opened(address.port)
    except OSError as error:
        why = error.strerror or str(error)
        _wait(wire, f"port {address.port} cannot be opened ({why}); another program may use it")
        return
    waits = f"no VBAN comes to port {address.port}"
    waits += f" from {address.host}" if host else ""
    waits += f" in the stream {address.stream!r}" if address.stream else ""
    wire.say("waiting", reason=waits)
    stream, sender, last = VbanStream(), None, time.monotonic()
    others, wrong = set[str](), ""
    while True:
        try:
            data, (ip, *_) = port.recvfrom(65536)
        except TimeoutError:
            data, ip = b"", ""
        now = time.monotonic()
        if data and not (host and ip != host):
            try:
                packet = unpacked(data)
                this = ip, packet.name
                if address.stream and packet.name != address.stream:
                    others.add(f"{packet.name!r} of {ip}")
                elif sender is None or sender == this:
                    if sender is None:
                        sender = this
                        wire.say("open", name=wanted, rate=RATE)  # the buffer's
                    wire.packet(stream.take(packet, now))
                    last = now
                else:
                    heard = f"{sender[1]!r} of {sender[0]} is heard"
                    wire.warn(
                        f"{packet.name!r} of {ip} comes to port {address.port} as well; {heard}. "
                        f"Name the one you want, as in vban://{ip}/{packet.name}"
                    )
            except VbanError as error:
                wrong = f"; what {ip} sends is not heard: {error}"
        if sender is not None and now - last > SILENT:
            wire.say("gone", reason=f"no more sound comes from {sender[1]!r} of {sender[0]}")
            return
        if sender is None and now - last > RETRY:
            other = f" (there is {', '.join(sorted(others))})" if others else ""
            wire.say("waiting", reason=waits + other + wrong)
            last = now


def opened(number: int) -> socket.socket:
    """A socket that receives on a port of all addresses of this machine."""
    port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        port.settimeout(0.25)
        port.bind(("", number))
    except OSError:
        port.close()
        raise
    return port


def _wait(wire: FeedPipe, reason: str) -> None:
    """Say why nothing can come, and end, so that it is tried again."""
    wire.say("gone", reason=reason)
    time.sleep(RETRY)
