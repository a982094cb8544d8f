"""A signal: the newest number that came to a port of UDP, as text."""

from __future__ import annotations

import contextlib
import math
import socket

from livegan.plugin import param, static

LONGEST = 64
"""Bytes of a number; more is something else."""


class Udp:
    """The newest number that was sent to a port, such as ``echo 0.5 | nc -u localhost 9000``."""

    def __init__(
        self,
        *,
        port: int = static(9000, 1, 65535, "that is listened to"),
        host: str = static("127.0.0.1", doc='"0.0.0.0" listens to other machines, too'),
    ) -> None:
        self.newest = 0.0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            # While an edit waits for its bar, the one from before listens to the same port.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind((host, port))
            self.socket.setblocking(False)
        except OSError as error:
            self.socket.close()
            raise OSError(f"port {port} of {host}: {error.strerror or error}") from None

    def migrate(self, old: Udp) -> None:
        """Go on from the number that the edited class knew."""
        self.newest = old.newest

    def value(
        self,
        *,
        low: float = param(0.0, -1e6, 1e6, "the number that is 0"),
        high: float = param(1.0, -1e6, 1e6, "the number that is 1"),
    ) -> float:
        """The newest number, from 0 at ``low`` to 1 at ``high``; 0 before any came."""
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                self.take(self.socket.recv(LONGEST + 1))
        return (self.newest - low) / (high - low) if high != low else 0.0

    def take(self, data: bytes) -> None:
        """A packet: what is no number is left alone."""
        with contextlib.suppress(ValueError):
            number = float(data.decode("ascii", "replace")) if len(data) <= LONGEST else math.nan
            if math.isfinite(number):
                self.newest = number

    def close(self) -> None:
        """Let go of the port."""
        self.socket.close()
