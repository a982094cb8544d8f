"""Whether Link peers announce themselves in the network, heard without being one.

Whoever joins a Link session takes its tempo, and of two sessions that meet the older one counts. So
livegan joins only where a session is known to be older: see `docs/decisions/link.md`.
"""

from __future__ import annotations

import contextlib
import math
import socket

import psutil

GROUP, PORT = "224.76.78.75", 20808
"""Where peers announce themselves: Link 3, ``discovery/UdpMessenger.hpp``."""
ALIVE = b"_asdp_v\x01\x01"
"""How an announcement begins: the protocol, its version, and the kind of message."""
KNOWN_S = 1.0
"""Seconds that somebody announces himself until a session counts as older than one that begins now;
below half a second, chance decides (Link 3, ``Sessions.hpp``)."""
SILENT_S = 2.0
"""Seconds after which nobody is there: peers announce themselves four times a second."""
AGAIN_S = 5.0
"""Seconds between two looks for new networks."""
LONGEST = 2048  # bytes of an announcement; it has about 100


class Announcements:
    """Listens to the network. From one thread; times are seconds of one steady clock."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._networks: set[str] = set()
        self._looked = self._first = self._last = -math.inf

    def there(self, now: float) -> bool:
        """Whether a peer has been there for a while. Opens the port if it is closed.

        Also true where the port cannot be opened: then nobody can be waited for.
        """
        try:
            self._open(now)
        except OSError:
            return True
        assert self._socket is not None
        with contextlib.suppress(OSError):  # nothing more is there to be read
            while True:
                if self._socket.recv(LONGEST).startswith(ALIVE):
                    self.heard(now)
        return now - self._last < SILENT_S and now - self._first >= KNOWN_S

    def heard(self, now: float) -> None:
        """A peer announced itself."""
        if now - self._last >= SILENT_S:
            self._first = now
        self._last = now

    def close(self) -> None:
        """Listen no more, and forget who was there."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._networks.clear()
        self._looked = self._first = self._last = -math.inf

    def _open(self, now: float) -> None:
        if self._socket is None:
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                made.setblocking(False)
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # beside other programs
                made.bind(("", PORT))
            except OSError:
                made.close()
                raise
            self._socket = made
        if now - self._looked >= AGAIN_S:
            self._looked = now
            found = psutil.net_if_addrs().values()
            here = {a.address for each in found for a in each if a.family == socket.AF_INET}
            for address in here - self._networks:
                group = socket.inet_aton(GROUP) + socket.inet_aton(address)
                with contextlib.suppress(OSError):  # a network without multicast
                    self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            self._networks = here
