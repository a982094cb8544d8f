"""How a performer writes where sound comes from in a network, or where it goes."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

VBAN_PORT = 6980
"""The port of VBAN."""
ANYONE = ("", "*", "0.0.0.0")
"""Hosts of a VBAN address that mean whoever sends."""
MOST_MS = 20000
"""Longest delay that can be fixed, in milliseconds."""


class AddressError(ValueError):
    """An address that is none: what is wrong and what to write, in a line."""


def split_delay(address: str) -> tuple[str, float | None]:
    """An address without ``delay=``, which is livegan's, and that delay in seconds.

    The rest stays as it is written, for it belongs to the sender or to FFmpeg.

    >>> split_delay("udp://:5000?delay=200&fifo_size=9")
    ('udp://:5000?fifo_size=9', 0.2)
    """
    found = re.search(r"([?&])delay=([^&]*)(&?)", address)
    if found is None:
        return address, None
    try:
        milliseconds = float(found[2])
    except ValueError:
        milliseconds = -1.0
    if not 0 <= milliseconds <= MOST_MS:
        raise AddressError(
            f"{address}: delay is 0 to {MOST_MS} milliseconds, as in ?delay=200, not {found[2]!r}"
        )
    before, after = address[: found.start()], address[found.end() :]
    joint = found[1] if after else ""
    return before + joint + after, milliseconds / 1000


@dataclass(frozen=True)
class VbanAddress:
    """``vban://HOST:PORT/STREAM``: to whom it is sent, or from whom it is taken."""

    host: str = ""
    port: int = VBAN_PORT
    stream: str = ""

    @classmethod
    def read(cls, text: str) -> VbanAddress:
        """Of an address; `AddressError`.

        >>> VbanAddress.read("vban://studio.local/Stream1")
        VbanAddress(host='studio.local', port=6980, stream='Stream1')
        """
        found = re.fullmatch(
            r"vban://(\[[^\]]+\]|[^/:]*)(?::([^/]*))?(?:/([^/]*))?/?", text.strip(), re.IGNORECASE
        )
        example = "write vban://HOST/STREAM or vban://HOST:6980/STREAM"
        if found is None:
            raise AddressError(f"{text}: {example}")
        port = int(found[2]) if (found[2] or "").isdigit() else VBAN_PORT if not found[2] else 0
        if not 0 < port < 65536:
            raise AddressError(f"{text}: {found[2]!r} is no port (1 to 65535); {example}")
        stream = found[3] or ""
        if len(stream.encode()) > 16:
            raise AddressError(f"{text}: the name of a VBAN stream has up to 16 bytes")
        return cls(found[1].strip("[]"), port, stream)


def resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """The address of a host in the network, the family of it and (address, port); `AddressError`
    if there is no such host."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except (OSError, UnicodeError):
        raise AddressError(f"there is no host {host!r} in the network") from None
    return socket.AddressFamily(family), (str(address[0]), int(address[1]))
