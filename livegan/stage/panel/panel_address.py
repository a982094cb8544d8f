"""Where the phone panel listens, and the address that a phone opens."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")
PORT = 8765
"""Always the same, so that a phone finds a show back that was started again."""
PORTS = 10
"""Ports that are tried from there on, for several shows on one machine."""
HOW = "write lan, lan:PORT, PORT or HOST:PORT, such as 0.0.0.0:8765"


@dataclass(frozen=True)
class PanelAddress:
    """Where to listen. ``port`` None is the first free one of a few."""

    host: str = LOOPBACK
    port: int | None = None

    @classmethod
    def read(cls, text: str) -> PanelAddress:
        """``"lan"``, ``"lan:8765"``, ``"8765"``, ``"0.0.0.0:8765"``, ``"192.168.1.20"``; this
        machine alone where nothing is said.

        Raises ValueError with a line for the performer.
        """
        if not text:
            return cls()
        given = text
        if text == "lan" or text.startswith("lan:"):
            text = text.replace("lan", EVERYWHERE[0])
        found = re.fullmatch(r"(?:(\[[0-9a-fA-F:]+\]|[^:\s]+):)?([0-9]{1,5})", text)
        host, port = (found[1], int(found[2])) if found else (text, None)
        host = (host or LOOPBACK).strip("[]")
        if port is not None and not 0 < port < 65536:
            raise ValueError(f"--panel-at {given}: a port is between 1 and 65535")
        if not _is_host(host):
            raise ValueError(f"--panel-at {given}: {HOW}")
        return cls(host, port)

    @property
    def ports(self) -> range:
        """The ports to try, in order."""
        first = self.port or PORT
        return range(first, first + (PORTS if self.port is None else 1))

    @property
    def is_here(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def url(self, port: int, token: str) -> str:
        """What a phone opens. The token is behind the #, which browsers send to nobody."""
        host = own_address() if self.host in EVERYWHERE else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/#{token}"


def own_address() -> str:
    """The address of this machine in its network; the loopback where it is in none.

    It is the one from which packets to other networks would leave; nothing is sent.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        try:
            made.connect(("10.255.255.255", 9))
            return str(made.getsockname()[0])
        except OSError:
            return _address_of_an_interface()


def _address_of_an_interface() -> str:
    """Where no route leads out, as in the network that a phone makes: an address that is not the
    machine's own alone."""
    import psutil

    up = {name for name, status in psutil.net_if_stats().items() if status.isup}
    for name, addresses in psutil.net_if_addrs().items():
        for address in addresses:
            if name in up and address.family == socket.AF_INET:
                found = ipaddress.ip_address(address.address)
                if not found.is_loopback and not found.is_link_local:
                    return str(found)
    return LOOPBACK


def _is_host(text: str) -> bool:
    """Whether it can be the name or number of a machine."""
    if text.isdigit():
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        labels = text.split(".")
        numbers = all(label.isdigit() for label in labels)  # 192.168.1: a number with a slip
        return not numbers and all(
            re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}", x) for x in labels
        )
    return True
