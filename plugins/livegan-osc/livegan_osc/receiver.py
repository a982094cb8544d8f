"""A UDP port that is looked at, not waited for: there is no thread, and no frame is held up."""

from __future__ import annotations

import logging
import socket
import time
from weakref import WeakValueDictionary

from livegan_osc.packet import Malformed, numbers

AT_ONCE = 500
"""Datagrams that are read in one look: a flood must not hold up the picture."""
ADDRESSES = 4096
"""Addresses that are remembered; who sends more than that is no controller."""
AGAIN_S = 1.0
"""How long a port that is taken is left alone."""

log = logging.getLogger(__name__)


class Receiver:
    """What came to one port: the newest value of each address.

    The port is opened at the first look. If another program has it, that is said once, and it is
    tried again every second, so nothing has to be started in a certain order.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.values: dict[str, float] = {}
        self.refused = 0
        """Datagrams that were not OSC."""
        self._socket: socket.socket | None = None
        self._next_try = 0.0
        self._said = ""

    def look(self) -> dict[str, float]:
        """Take in what has come since the last look; gives the values by address."""
        if self._socket is None and not self._open():
            return self.values
        assert self._socket is not None
        for _ in range(AT_ONCE):
            try:
                datagram = self._socket.recv(65536)
            except BlockingIOError:
                break
            except ConnectionError:  # Windows tells of a port that something was sent to in vain
                continue
            except OSError as error:
                self._say(f"OSC port {self.port} is gone ({error.strerror or error})")
                self.close()
                break
            try:
                for address, value in numbers(datagram):
                    if address in self.values or len(self.values) < ADDRESSES:
                        self.values[address] = value
            except Malformed:
                self.refused += 1
        return self.values

    def close(self) -> None:
        """Let go of the port; a look opens it again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self) -> bool:
        if time.monotonic() < self._next_try:
            return False
        self._next_try = time.monotonic() + AGAIN_S
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.setblocking(False)
            opened.bind((self.host, self.port))
        except OSError as error:
            opened.close()
            why = error.strerror or error
            self._say(
                f"OSC port {self.port} on {self.host} cannot be opened ({why}); "
                "close what uses it, or give osc another port="
            )
            return False
        self._socket, self._said = opened, ""
        return True

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            log.warning(text)

    def __del__(self) -> None:
        self.close()


_receivers: WeakValueDictionary[tuple[str, int], Receiver] = WeakValueDictionary()


def receiver(host: str, port: int) -> Receiver:
    """The receiver of a port, one for all faders; it goes when the last of them does."""
    found = _receivers.get((host, port))
    if found is None:
        found = _receivers[host, port] = Receiver(host, port)
    return found
