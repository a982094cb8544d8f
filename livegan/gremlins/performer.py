"""The stage of a gremlin rehearsal, in a process of its own: a real one, watched, and with hands.

Started by `livegan.gremlins.show`, which hands it an address over its standard input, and over
that the options of the show. It answers with glances and at last with the stage's report; what it
is told, such as a key to press, it does on the stage's own thread.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from multiprocessing.connection import Client, Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.gremlins.witness import Witness
from livegan.stage.stage import Stage
from livegan.stage.streams.stream import StreamPicture
from livegan.stage.window.presenter import Presented

GLANCE = 0.1  # seconds


class Performer:
    """What happens beside a show."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._window, self._beside = Witness(), Witness()
        self._attached = False
        self._over = threading.Event()

    def play(self) -> int:
        """Play the show that is asked for, to its end."""
        options = self._connection.recv()
        stage = self._stage = Stage(options, self._watch)
        for target in (self._listen, self._tell):
            threading.Thread(target=target, args=(stage,), daemon=True).start()
        status = stage.run()
        self._over.set()
        self._send(("report", stage.report()))
        return status

    def _watch(self, frame: Presented) -> None:
        if not self._attached:
            self._attached = True
            self._stage.attach("gremlins", Beside(self._beside))
        self._window.presented(frame)
        while not self._orders.empty():
            _do(self._orders.get())

    def _listen(self, stage: Stage) -> None:
        try:
            while True:
                order = self._connection.recv()
                if order.get("stop"):
                    stage.stop()
                else:
                    self._orders.put(order)
        except (EOFError, OSError):  # whoever started the show is gone
            stage.stop()

    def _tell(self, stage: Stage) -> None:
        while not self._over.wait(GLANCE):
            now = time.monotonic()
            self._send(("glance", self._window.glance(now)))
            self._send(("beside", self._beside.glance(now)))

    def _send(self, message: tuple[str, Any]) -> None:
        try:
            self._connection.send(message)
        except OSError:
            self._over.set()


class Beside:
    """An output of the stage besides the window, that is looked at like it."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness

    def show(self, picture: StreamPicture, pixels: NDArray[np.uint8]) -> None:
        """Take down what the output is given."""
        at = time.monotonic()
        age, rung = at - picture.at, picture.rung
        self._witness.presented(
            Presented(at, picture.live, age, picture.at, pixels, picture.darkness, rung)
        )

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Not called: there is `show`."""

    def close(self) -> None:
        """Nothing is held."""


def _do(order: dict[str, Any]) -> None:
    """``{"press": (typed, key)}``, ``{"close": True}`` or ``{"step": seconds}``."""
    import pygame

    if "press" in order:
        typed, name = order["press"]
        key = pygame.key.key_code(name)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, unicode=typed, key=key, mod=0))
    elif "close" in order:
        pygame.event.post(pygame.event.Event(pygame.QUIT))
    elif "step" in order:
        # As near as one comes without setting the clock of the whole machine.
        wall, by = time.time, float(order["step"])
        time.time = lambda: wall() + by


def main() -> int:
    """Entry of the process."""
    first = json.loads(sys.stdin.readline())
    address = first["address"] if isinstance(first["address"], str) else tuple(first["address"])
    with Client(address, authkey=bytes.fromhex(first["key"])) as connection:
        return Performer(connection).play()
