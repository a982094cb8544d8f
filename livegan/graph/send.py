"""``send(...)``: numbers that a set sends to other programs and devices, by OSC or MIDI.

A set opens nothing: it declares what is sent, its engine works out the numbers in each frame, and a
process of the stage sends them: `livegan.stage.hands.osc_sender`, `midi_sender`.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livegan.graph.binding import describe
from livegan.graph.graph import collected
from livegan.graph.place import Place, SetError, here
from livegan.graph.signals.control import osc_address
from livegan.graph.signals.signal import Signal, lift

MOST_VALUES = 16
"""Numbers of one message."""
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Send:
    """One ``send(...)``: the numbers, and where they go."""

    address: str
    """An OSC address, or a MIDI control such as ``cc 20, channel 1``."""
    values: tuple[Any, ...]
    to: str
    """``host:port``, or ``MIDI`` and a part of the device's name."""
    target: Mapping[str, Any]
    """For the process that sends: `osc_target` or `midi_target`."""
    place: Place | None = None

    @property
    def key(self) -> str:
        """A short name for the address and where it goes, the same in every save."""
        return hashlib.sha256(f"{self.address} {self.to}".encode()).hexdigest()[:16]

    @property
    def row(self) -> dict[str, Any]:
        """For the process that sends."""
        return {"key": self.key, "count": len(self.values), **self.target}


def send(address: str | Signal, *values: Any, to: str | None = None, light: bool = False) -> None:
    """Send numbers or signals to another program or device, when they change.

    By OSC: ``send("/low", sound.low, to="10.0.0.7:7000")``, where ``to`` is the host and UDP port
    of the receiver. By MIDI: ``send(midi(cc=20, port="nanoKONTROL"), sound.low)``, with one value:
    0..1 for ``cc``, ``note`` and ``aftertouch``, -1..1 for ``bend``, 0..127 for ``program``. A
    ``note`` starts when its value rises above 0, with that velocity, and ends at 0;
    with ``light=True`` it is sent again at each change, for the lights of pads. At most one message
    is sent per picture. A rehearsal sends nothing; its report says what a show would send.
    """
    by_midi = isinstance(address, Signal)
    if by_midi:
        name, receiver_name, target = midi_target(address, to, light)
    else:
        osc_address("send", address)
        name = str(address)
    title = f"send {name!r}"
    if not by_midi:
        if light is not False:
            raise SetError(f"{title}: light is for midi(note=...)")
        receiver_name, target = osc_target(title, name, to)
    if not values:
        raise SetError(f"{title} needs a number or a signal, such as listen().low")
    most = 1 if by_midi else MOST_VALUES
    if len(values) > most:
        raise SetError(f"{title} takes {most} value{'s' * (most > 1)} at most, got {len(values)}")
    for value in values:
        if isinstance(value, str):
            raise SetError(f"{title} sends numbers and signals, got {describe(value)}")
    try:
        lifted = tuple(lift(value) for value in values)
    except SetError:
        wrong = next(v for v in values if not hasattr(v, "__float__"))
        raise SetError(f"{title} sends numbers and signals, got {describe(wrong)}") from None
    graph = collected()
    if graph is None:
        return
    new = Send(name, lifted, receiver_name, target, here())
    for other in graph.sends:
        if other.key == new.key:
            line = f" in line {other.place.line}" if other.place else ""
            raise SetError(f"{title} is sent to {new.to}{line} already; send one number there")
    graph.sends.append(new)


def osc_target(title: str, address: str, to: Any) -> tuple[str, dict[str, Any]]:
    """Where a message goes, as the set writes it and as `livegan.stage.hands.osc_sender` reads
    it."""
    host, port = receiver(title, to)
    return f"{host}:{port}", {"by": "osc", "address": address, "host": host, "port": port}


def midi_target(control: Any, to: Any, light: Any) -> tuple[str, str, dict[str, Any]]:
    """The name of a ``midi(...)``, its device as the set writes it, and both as
    `livegan.stage.hands.midi_sender` reads them."""
    example = 'send(midi(cc=20, port="nanoKONTROL"), sound.low)'
    if control.op != "midi":
        raise SetError(f"send needs an OSC address in quotes or a control, such as {example}")
    what, channel, port, fall, default = control.args
    name = f"{what}, channel {channel or 1}"
    title = f"send {name!r}"
    if port is None:
        raise SetError(f"{title} needs the device: {example}")
    if to is not None:
        raise SetError(f"{title}: to is for OSC; a MIDI device is named by midi(port=...)")
    if fall or default:
        raise SetError(f"{title}: fall and default are for what is heard, not for what is sent")
    if not isinstance(light, bool):
        raise SetError(f"{title}: light is True or False, got {describe(light)}")
    kind, _, number = what.partition(" ")
    if light and kind != "note":
        raise SetError(f"{title}: light is for midi(note=...); a cc always follows its value")
    target: dict[str, Any] = {"by": "midi", "kind": kind, "port": port, "light": light}
    target |= {"channel": channel or 1, "number": int(number) if number else None}
    return name, f"MIDI {port}", target


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
