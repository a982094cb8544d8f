"""NDI senders of the local network as pictures, through cyndilib.

NDI is a registered trademark of Vizrt NDI AB (https://ndi.video).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from livegan.builtin.outputs.ndi import told
from livegan.picture_sources.frame import SentPictures
from livegan.picture_sources.senders import LOST, STILL, SenderSearch, newest
from livegan.picture_sources.source import Pixels, Unavailable, Wanted


class NdiSource:
    """Waits for a sender, receives it, and finds it again by its name when it comes back.

    It stays open while its sender is away and tells ``note`` so.
    """

    def __init__(self, argument: str, wanted: Wanted, note: Callable[[str], None]) -> None:
        from cyndilib.finder import Finder
        from cyndilib.receiver import Receiver
        from cyndilib.video_frame import VideoFrameSync
        from cyndilib.wrapper.ndi_recv import RecvBandwidth, RecvColorFormat

        self._bytes = SentPictures(wanted)
        self._search = SenderSearch("NDI sender", argument.strip(), note)
        self._finder: Any = Finder()
        self._finder.open()
        self._receiver: Any = Receiver(
            color_format=RecvColorFormat.RGBX_RGBA,
            bandwidth=RecvBandwidth.highest,
            allow_video_fields=False,
            recv_name="livegan",
        )
        # A FrameSync: `Receiver.receive` lost most pictures (cyndilib 0.1.3).
        self._frame: Any = VideoFrameSync()
        self._receiver.frame_sync.set_video_frame(self._frame)
        self._sender = ""
        self._stamp: object = None
        self._delivered = 0.0
        self._connected = time.monotonic()

    def read(self) -> Pixels | None:
        """The newest picture, waiting 0.2 s for one; see `PictureSource.read`."""
        return newest(lambda now: self._capture(now) if self._here(now) else None)

    def _here(self, now: float) -> bool:
        """Whether a sender is connected; looks for one if not."""
        if self._sender and self._receiver.is_connected():
            self._connected = now
            return True
        if self._sender and now - self._connected < LOST:
            return False
        self._finder.update_sources()
        found = self._search.find(self._finder.get_source_names, now, lost=bool(self._sender))
        if found is None:
            return False
        self._connected = now
        if found != self._sender or not self._receiver.is_connected():
            self._receiver.set_source(self._finder.get_source(found))
            self._search.received(found)
            self._sender = found
        return False

    def _capture(self, now: float) -> Pixels | None:
        """The sender's newest picture; None if it was delivered already."""
        frame = self._frame
        self._receiver.frame_sync.capture_video()
        width, height = frame.xres, frame.yres
        if not width or not height:
            return None
        stamp = frame.get_timestamp_posix(), width, height
        if stamp == self._stamp and now - self._delivered < STILL:
            return None
        self._stamp, self._delivered = stamp, now
        rows = np.frombuffer(frame, np.uint8).reshape(height, frame.get_line_stride())
        pixels = rows[:, : 4 * width].reshape(height, width, 4)
        opaque = frame.get_fourcc().name != "RGBA"
        return self._bytes.pixels(pixels, "rgba", opaque=opaque)

    def close(self) -> None:
        """Stop receiving and looking."""
        finder, self._finder = self._finder, None
        if finder is not None:
            self._receiver.disconnect()
            finder.close()


def open_ndi(argument: str, wanted: Wanted, *, note: Callable[[str], None]) -> NdiSource:
    """A sender by part of its name ``HOST (stream)``, the first one if ``argument`` is empty.

    Raises
    ------
    Unavailable
        Without cyndilib; the line says how to get it.
    """
    need_cyndilib()
    return NdiSource(argument, wanted, note)


def need_cyndilib() -> None:
    """Raises `Unavailable` with the command that installs cyndilib where it is missing."""
    try:
        import cyndilib.finder  # noqa: F401
    except ImportError as error:
        raise Unavailable(told(error)) from None


def senders(seconds: float = 1.0) -> list[str]:
    """The senders that are found within some seconds.

    Raises
    ------
    Unavailable
        Without cyndilib.
    """
    need_cyndilib()
    from cyndilib.finder import Finder

    with Finder() as finder:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            finder.wait_for_sources(left)
            finder.update_sources()
        return sorted(finder.get_source_names())
