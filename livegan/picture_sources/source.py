"""What a picture source is: its interface, its name, and the sizes it delivers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, 3) RGB or (H, W, 4) RGBA bytes."""


TEST = "test"
"""The argument that means a moving test pattern: ``camera("test")``, ``--with camera=test``."""
FILES = ("film", "picture", "pictures")
"""Kinds that whoever draws reads by itself; all others are live."""


class PictureSourceError(Exception):
    """A source that cannot be opened, or delivers no more. The message is one line."""


class Unavailable(PictureSourceError):
    """A source that this machine lacks a package or a system for: it is hardly tried again."""


class PictureSource(Protocol):
    """A live source, opened in a process of its own: a camera, a display, a network stream."""

    def read(self) -> Pixels | None:
        """The next picture, waiting at most 0.2 s for it; None if none came.

        Raises
        ------
        PictureSourceError
            If it is gone: unplugged, ended, unreadable. It is then opened again every second.
        """

    def close(self) -> None:
        """Let go of the device. Closing twice is harmless."""


Opener = Callable[[str, "Wanted"], PictureSource]
"""``open(argument, wanted)``: raises `PictureSourceError` where it cannot be opened now."""


@dataclass(frozen=True)
class Wanted:
    """The canvas that a source is shown on: it delivers pictures no larger than needed."""

    height: int
    width: int

    def size_for(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) at which a picture of that size covers the canvas; never enlarged.

        Very long pictures are limited to twice the area of the canvas, because the memory between
        two processes is reserved before the first picture comes.
        """
        scale = min(1.0, max(self.height / height, self.width / width))
        scale = min(scale, (self.room / (height * width)) ** 0.5)
        high = min(max(1, int(height * scale + 0.5)), self.room)
        # Rounding, and sides that are a pixel at least, may have made it too large again.
        return high, min(max(1, int(width * scale + 0.5)), self.room // high)

    @property
    def room(self) -> int:
        """Pixels of the largest picture that is delivered."""
        return 2 * self.height * self.width


@dataclass(frozen=True)
class SourceName:
    """A live source as a set names it: ``camera("FaceTime")`` is kind camera, argument FaceTime.

    Two nodes of the same name share one source, and an edit that keeps the name keeps it open.
    """

    kind: str
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.argument}" if self.argument else self.kind
