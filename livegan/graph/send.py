"""``send(...)``: numbers that a set sends to other programs as Open Sound Control.

A set opens nothing: it declares what is sent, its engine works out the numbers in each frame, and a
process of the stage sends them (`livegan.stage.hands.osc_sender`).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from typing import Any

from livegan.graph.binding import describe
from livegan.graph.control import osc_address
from livegan.graph.graph import collected
from livegan.graph.place import Place, SetError, here
from livegan.graph.signal import lift

MOST_VALUES = 16
"""Numbers of one message."""
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Send:
    """One ``send(...)``: the numbers, and where they go."""

    address: str
    values: tuple[Any, ...]
    host: str
    port: int
    place: Place | None = None

    @property
    def to(self) -> str:
        """As the set writes it."""
        return f"{self.host}:{self.port}"

    @property
    def key(self) -> str:
        """A short name for the address and where it goes, the same in every save."""
        return hashlib.sha256(f"{self.address} {self.to}".encode()).hexdigest()[:16]

    @property
    def row(self) -> dict[str, Any]:
        """For the process that sends."""
        where = {"host": self.host, "port": self.port}
        return {"key": self.key, "address": self.address, **where, "count": len(self.values)}


def send(address: str, *values: Any, to: str) -> None:
    """Send numbers or signals to another program by OSC: ``send("/low", sound.low,
    to="10.0.0.7:7000")``.

    A message with all values is sent when one of them changes, at most once per picture. ``to`` is
    the host and UDP port of the receiver. A rehearsal sends nothing; its report says what a show
    would send.
    """
    osc_address("send", address)
    title = f"send {address!r}"
    if not values:
        raise SetError(f"{title} needs a number or a signal, such as listen().low")
    if len(values) > MOST_VALUES:
        raise SetError(f"{title} takes {MOST_VALUES} values at most, got {len(values)}")
    for value in values:
        if isinstance(value, str):
            raise SetError(f"{title} sends numbers and signals, got {describe(value)}")
    try:
        lifted = tuple(lift(value) for value in values)
    except SetError:
        wrong = next(v for v in values if not hasattr(v, "__float__"))
        raise SetError(f"{title} sends numbers and signals, got {describe(wrong)}") from None
    host, port = receiver(title, to)
    graph = collected()
    if graph is None:
        return
    new = Send(address, lifted, host, port, here())
    for other in graph.sends:
        if other.key == new.key:
            line = f" in line {other.place.line}" if other.place else ""
            raise SetError(f"{title} is sent to {new.to}{line} already; give it another address")
    graph.sends.append(new)


def receiver(title: str, to: Any) -> tuple[str, int]:
    """Host and port of ``"10.0.0.7:7000"``."""
    right = 'to is a host and a port in quotes, such as "127.0.0.1:7000"'
    if not isinstance(to, str):
        raise SetError(f"{title}: {right}, got {describe(to)}")
    host, colon, port = to.strip().rpartition(":")
    if not colon or not host:
        raise SetError(f"{title}: {right}, got {to!r}")
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise SetError(f"{title}: a port is a whole number from 1 to 65535, got {to!r}")
    if re.fullmatch(r"[\d.]+", host):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise SetError(f"{title}: {host!r} is no address of a machine") from None
    elif not HOST.fullmatch(host):
        raise SetError(f"{title}: {host!r} is no name or IPv4 address of a machine")
    return host, int(port)
