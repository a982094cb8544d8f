"""Spout senders of this Windows machine as pictures, through SpoutGL.

A receiver needs an OpenGL context that is current on the thread that receives, so one thread makes,
reads and closes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from livegan.picture_sources.frame import SentPictures
from livegan.picture_sources.senders import LOST, STILL, SenderSearch, newest
from livegan.picture_sources.source import PictureSourceError, Pixels, Unavailable, Wanted

GL_RGBA = 0x1908  # OpenGL's number for four bytes a pixel
INVERT = False  # a shared texture has its top row first, as livegan's pictures do
HOST_FBO = 0  # there is no framebuffer of ours to restore
EMPTY = 0.5
"""Seconds after a change of size in which pictures of nothing but zeros are left out: what a
graphics card reads back first is the memory as it was made."""
ELSEWHERE = (
    "{} is there and cannot be read: run it and livegan on the same graphics card "
    "(Windows: Settings, System, Display, Graphics)"
)


class SpoutSource:
    """Waits for a sender, receives it, and finds it again by its name when it comes back."""

    def __init__(
        self,
        argument: str,
        wanted: Wanted,
        note: Callable[[str], None],
        library: ModuleType | Any,
    ) -> None:
        """Raises `PictureSourceError` if there is no graphics context to be had."""
        self._bytes = SentPictures(wanted)
        self._search = SenderSearch("Spout sender", argument.strip(), note)
        self._receiver: Any = library.SpoutReceiver()
        # Makes a hidden window with a context, current on this thread.
        if not self._receiver.createOpenGL():
            raise PictureSourceError("Spout: no OpenGL context; update the graphics driver")
        self._sender = ""
        self._buffer: Pixels | None = None
        self._empty_until = 0.0
        self._delivered = 0.0
        self._tried = "", 0.0
        """The sender that was chosen and has not been opened, and since when."""

    def read(self) -> Pixels | None:
        """The newest picture, waiting 0.2 s for one; see `PictureSource.read`."""
        return newest(self._look)

    def _look(self, now: float) -> Pixels | None:
        if not self._sender and not self._choose(now):
            return None
        receiver = self._receiver
        taken = receiver.receiveImage(self._buffer, GL_RGBA, INVERT, HOST_FBO)
        # Asked every time: until it is asked after a change, nothing is received.
        if receiver.isUpdated():
            height, width = receiver.getSenderHeight(), receiver.getSenderWidth()
            self._buffer = np.zeros((height, width, 4), np.uint8) if height and width else None
            self._empty_until = now + EMPTY
            self._tried = "", 0.0
            self._search.received(self._sender)
            return None
        if not taken or self._buffer is None:  # it went, or it cannot be opened
            self._sender, self._buffer = "", None
            return None
        if not receiver.isFrameNew() and now - self._delivered < STILL:
            return None
        if now < self._empty_until and not self._buffer.any():
            return None
        self._empty_until, self._delivered = 0.0, now
        return self._bytes.pixels(self._buffer, "rgba")

    def _choose(self, now: float) -> bool:
        """Look for the sender."""
        found = self._search.find(self._receiver.getSenderList, now)
        if found is None:
            return False
        if found != self._tried[0]:
            self._tried = found, now
        elif now - self._tried[1] > LOST:
            self._search.say(ELSEWHERE.format(found))
        self._sender = found
        self._receiver.setReceiverName(found)
        return True

    def close(self) -> None:
        """Stop receiving, and close the context."""
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.releaseReceiver()
            receiver.closeOpenGL()


def spout_library() -> ModuleType:
    """The package SpoutGL.

    Raises
    ------
    Unavailable
        Elsewhere than on Windows, and where it is missing; one line with what to do.
    """
    if sys.platform != "win32":
        other = "syphon_in" if sys.platform == "darwin" else "ndi_in"
        raise Unavailable(f"Spout is on Windows only; use {other}(...) here")
    try:
        import SpoutGL
    except ImportError as error:
        raise Unavailable(
            f"Spout cannot be loaded ({error}): pip install --upgrade SpoutGL"
        ) from None
    module: ModuleType = SpoutGL
    return module


def open_spout_in(argument: str, wanted: Wanted, *, note: Callable[[str], None]) -> SpoutSource:
    """A Spout sender by part of its name, the first one if ``argument`` is empty.

    Raises
    ------
    Unavailable
        Without Spout on this machine.
    PictureSourceError
        Without a graphics context.
    """
    return SpoutSource(argument, wanted, note, spout_library())


def spout_senders() -> list[str]:
    """The Spout senders of this machine; `Unavailable` without Spout."""
    receiver = spout_library().SpoutReceiver()
    return sorted(receiver.getSenderList())
