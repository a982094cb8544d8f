"""A picture source that does what it is told to, such as to die: the plugin of faults of sources.

Each source reads what to do, by its argument, in a file of the working folder (`order`).
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from livegan.picture_sources.source import PictureSourceError, Wanted
from livegan.plugin import RegisterOffer, hookimpl
from livegan.saving import write_bytes

KIND, PLUGIN = "wild_in", "gremlin_sources"
"""A set names one by `call`."""
ORDERS = "gremlin_sources.json"
RATE = 25.0
SLOW = 3.0  # seconds between two pictures of one that is slow
WAIT = 0.2  # seconds that a read may take
FOREVER = 3600.0
SIZES = ((16, 16), (1, 2000), (2000, 1), (90, 160), (1200, 1600))
"""Of one that changes its size with each picture: (height, width)."""
GARBAGE: tuple[Any, ...] = (
    "no picture",
    b"\x00" * 100,
    np.zeros((4, 4), np.uint8),
    np.zeros((0, 0, 3), np.uint8),
    np.zeros((8, 8, 5), np.uint8),
    np.full((8, 8, 3), np.nan),
    np.zeros((8, 8, 3), np.int64),
    [np.nan, np.nan],
)
"""What one returns that sends garbage: texts, bytes, the wrong shape, nothing, numbers that are
none."""

WORDS = ("dies", "floods", "garbage", "resizes", "slow", "unplugged", "renamed", "hangs", "raises")
"""What one may be told; anything else is a well-behaved source."""


def call(argument: str) -> str:
    """How a set names a source."""
    return f'source("{PLUGIN}:{KIND}", "{argument}")'


def plugin_text() -> str:
    """The plugin, for a file in ``plugins``."""
    return f'"""Sources of gremlins."""\n\nfrom {__name__} import register_picture_sources\n'


def order(folder: Path, orders: Mapping[str, str]) -> None:
    """Tell the sources of this working folder what to do, by argument: one of `WORDS` each."""
    write_bytes(folder / ORDERS, json.dumps(dict(orders)).encode())


class WildSource:
    """Grey pictures that move, 25 a second, unless it is told otherwise."""

    def __init__(self, argument: str, wanted: Wanted, folder: Path) -> None:
        self._argument, self._wanted, self._folder = argument, wanted, folder
        self._count = 0
        self._due = time.monotonic()
        self._gone()

    def told(self) -> str:
        """What it is to do."""
        try:
            orders: dict[str, str] = json.loads((self._folder / ORDERS).read_bytes())
        except (OSError, ValueError):
            return ""
        return orders.get(self._argument, "")

    def _gone(self) -> str:
        """What it is to do, if it is there."""
        told = self.told()
        if told == "unplugged":
            raise PictureSourceError("it was pulled out")
        if told == "renamed":
            raise PictureSourceError(f"nothing is called {self._argument!r}; there is another")
        return told

    def read(self) -> Any:
        """See `livegan.picture_sources.source.PictureSource.read`."""
        told = self._gone()
        self._count += 1
        if told == "dies":
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        elif told == "raises":
            raise ZeroDivisionError("gremlin")
        elif told == "hangs":
            time.sleep(FOREVER)
        elif told == "floods":
            return self._picture(*self._size())
        pause = SLOW if told == "slow" else 1 / RATE
        if (left := self._due - time.monotonic()) > WAIT:
            time.sleep(WAIT)
            return None
        time.sleep(max(0.0, left))
        self._due = time.monotonic() + pause
        if told == "garbage":
            return GARBAGE[self._count % len(GARBAGE)]
        resizes = told == "resizes"
        return self._picture(*SIZES[self._count % len(SIZES)] if resizes else self._size())

    def _size(self) -> tuple[int, int]:
        return self._wanted.size_for(720, 1280)

    def _picture(self, height: int, width: int) -> Any:
        return np.full((height, width, 3), 96 + self._count % 64, np.uint8)

    def close(self) -> None:
        """Nothing is held."""


def open_wild(argument: str, wanted: Wanted, *, folder: Path) -> WildSource:
    """Open one."""
    return WildSource(argument, wanted, folder)


@hookimpl
def register_picture_sources(register: RegisterOffer) -> None:
    """Offer it."""
    register(open_wild, KIND, "a source that does what a gremlin tells it")
