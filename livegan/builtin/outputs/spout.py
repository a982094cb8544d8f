"""Spout: pictures as textures that other programs on the same Windows machine read.

Through SpoutGL. A sender needs an OpenGL context that is
current on the thread that sends, so all calls for one sender come from one thread.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.stage.streams.formats import Format

GL_RGBA = 0x1908  # OpenGL's number for four bytes a pixel
INVERT = False  # pixels come top row first, as sendImage expects them
HOST_FBO = 0  # there is no framebuffer of ours to restore
LONGEST = 255  # characters of a sender's name: SpoutMaxSenderNameLen less its end


class SpoutOutput:
    """One sender. Use it on the thread that made it."""

    format = Format("rgba")

    def __init__(self, name: str, library: ModuleType | Any) -> None:
        """Raises RuntimeError, in one line, if there is no graphics context to be had."""
        self.name = name[:LONGEST]
        self._sender: Any = library.SpoutSender()
        # Makes a hidden window with a context, current on this thread.
        if not self._sender.createOpenGL():
            raise RuntimeError(f"Spout {name!r}: no OpenGL context; update the graphics driver")
        self._sender.setSenderName(self.name)

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Send a (H, W, 4) uint8 picture. Raises RuntimeError if it was not taken."""
        height, width, _ = pixels.shape
        taken = self._sender.sendImage(pixels, width, height, GL_RGBA, INVERT, HOST_FBO)
        if not taken:
            raise RuntimeError(
                f"Spout {self.name!r}: a picture of {width} x {height} was not taken"
            )
        self._sender.setFrameSync(self.name)

    def close(self) -> None:
        """Take the sender off the list that other programs see."""
        self._sender.releaseSender()
        self._sender.closeOpenGL()


def open_spout(name: str) -> SpoutOutput:
    """A Spout sender called ``name``. Raises RuntimeError, in one line, where there is no Spout."""
    if sys.platform != "win32":
        raise RuntimeError("Spout is on Windows only: the set plays on without it")
    try:
        import SpoutGL
    except ImportError as error:
        raise RuntimeError(
            f"Spout cannot be loaded ({error}): pip install --upgrade SpoutGL"
        ) from error
    return SpoutOutput(name, SpoutGL)
