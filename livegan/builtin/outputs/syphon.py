"""Syphon: pictures as textures that other programs on the same Mac read.

Through syphon-python, with Metal. Other programs find a server only while the run loop of the
process's main thread turns, so an output is made and used there.
"""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.stage.streams.formats import Format

MISSING = "Syphon needs the package syphon-python: pip install 'livegan[syphon]'"
TURN = 0.001  # seconds that the run loop turns after each picture
TEXTURES = 3
"""Textures in turn: the graphics card may still read the one before."""
UNSEEN = 1.0
"""Seconds from one picture to the next while no program receives."""


class SyphonOutput:
    """One server. Use it on the main thread of its process."""

    format = Format("rgba")

    def __init__(
        self, name: str, library: Any, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Raises RuntimeError, in one line, if the system gives no server."""
        self.name, self._library, self._clock = name, library, clock
        try:
            self._server: Any = library.SyphonMetalServer(name)
        except RuntimeError as error:
            raise RuntimeError(f"Syphon {name!r}: {error}") from None
        self._directory: Any = library.SyphonServerDirectory()
        self._directory.run_loop_interval = TURN
        self._textures: list[Any] = []
        self._size = (0, 0)
        self._turn = 0
        self._sent = -math.inf

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Send a (H, W, 4) uint8 picture. Raises RuntimeError if it was not taken."""
        self._directory.update_run_loop()
        now = self._clock()
        if now - self._sent < UNSEEN and not self._server.has_clients:
            return
        height, width, _ = pixels.shape
        try:
            if (width, height) != self._size:
                make = self._library.create_mtl_texture
                self._textures = [make(self._server.device, width, height) for _ in range(TEXTURES)]
                self._size = (width, height)
            self._turn = (self._turn + 1) % TEXTURES
            texture = self._textures[self._turn]
            self._library.copy_image_to_mtl_texture(pixels, texture)
            # Syphon's pictures have their bottom row first, as OpenGL's do.
            self._server.publish_frame_texture(texture, is_flipped=True)
        except Exception as error:  # of Objective-C, of no kind of its own
            self._size = (0, 0)
            what = " ".join(str(error).split())
            raise RuntimeError(f"Syphon {self.name!r}: a picture was not sent ({what})") from None
        self._sent = now

    def close(self) -> None:
        """Take the server off the list that other programs see."""
        with contextlib.suppress(Exception):
            self._server.stop()
        self._directory.close()


def open_syphon(name: str) -> SyphonOutput:
    """A Syphon server called ``name``. Raises RuntimeError, in one line, where there is none."""
    if sys.platform != "darwin":
        raise RuntimeError("Syphon is on macOS only: the set plays on without it")
    try:
        import syphon
        from syphon.utils.numpy import copy_image_to_mtl_texture
        from syphon.utils.raw import create_mtl_texture
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError)
        raise RuntimeError(MISSING if missing else f"Syphon cannot be loaded: {error}") from None
    library = SimpleNamespace(
        SyphonMetalServer=syphon.SyphonMetalServer,
        SyphonServerDirectory=syphon.SyphonServerDirectory,
        copy_image_to_mtl_texture=copy_image_to_mtl_texture,
        create_mtl_texture=create_mtl_texture,
    )
    return SyphonOutput(name, library)
