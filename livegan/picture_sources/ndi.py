"""NDI senders of the local network as pictures, through cyndilib.

NDI is a registered trademark of Vizrt NDI AB (https://ndi.video).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import av

from livegan.builtin.outputs.ndi import told
from livegan.picture_sources.frame import as_pixels
from livegan.picture_sources.source import PictureSourceError, Pixels, Wanted

WAIT = 0.2  # seconds that `read` waits for a picture
LOOK = 1 / 120  # seconds between looks whether a new picture came
STILL = 0.5  # seconds after which a picture that does not change is delivered again
LOST = 1.0  # seconds without a connection after which senders are looked for anew


def find_sender(wanted: str, there: Sequence[str]) -> str | None:
    """The sender that ``wanted`` names, of names such as ``HOST (stream)``: the one of that whole
    name, else of that stream's name, else the first with this text in it. None if there is none.

    Capitals do not count. An empty text takes the first.
    """
    plain = wanted.casefold().strip()

    def stream(name: str) -> str:
        return name[name.find("(") + 1 :].rstrip(") ")

    for same in (
        lambda name: name.casefold() == plain,
        lambda name: stream(name).casefold() == plain,
        lambda name: plain in name.casefold(),
    ):
        for name in sorted(there):
            if same(name):
                return name
    return None


class NdiSource:
    """Waits for a sender, receives it, and finds it again by its name when it comes back.

    Opening one again every second would cost a process each time, so it stays open while its
    sender is away and tells ``note`` so.
    """

    def __init__(self, argument: str, wanted: Wanted, note: Callable[[str], None]) -> None:
        from cyndilib.finder import Finder
        from cyndilib.receiver import Receiver
        from cyndilib.video_frame import VideoFrameSync
        from cyndilib.wrapper.ndi_recv import RecvBandwidth, RecvColorFormat

        self._argument, self._wanted, self._note = argument, wanted, note
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
        self._told = ""
        self._stamp: object = None
        self._delivered = 0.0
        self._connected = self._opened = time.monotonic()

    def read(self) -> Pixels | None:
        """The newest picture, waiting 0.2 s for one; see `PictureSource.read`."""
        end = time.monotonic() + WAIT
        while True:
            now = time.monotonic()
            if self._here(now):
                pixels = self._capture(now)
                if pixels is not None:
                    return pixels
            if now >= end:
                return None
            time.sleep(LOOK)

    def _here(self, now: float) -> bool:
        """Whether a sender is connected; looks for one if not."""
        if self._sender and self._receiver.is_connected():
            self._connected = now
            return True
        if self._sender and now - self._connected < LOST:
            return False
        self._finder.update_sources()
        there = list(self._finder.get_source_names())
        found = find_sender(self._argument, there)
        if found is None:
            if self._sender or now - self._opened > LOST:  # it may only not be found yet
                self._say_away(there)
            self._sender = ""
            return False
        self._connected = now
        if found != self._sender or not self._receiver.is_connected():
            self._receiver.set_source(self._finder.get_source(found))
            if found != self._sender:
                self._say(f"receives {found}")
            self._sender = found
        return False

    def _say_away(self, there: Sequence[str]) -> None:
        what = f"no NDI sender is called {self._argument!r}" if self._argument else "no NDI sender"
        others = f"there is {'; '.join(sorted(there))}" if there else "no sender is there"
        self._say(f"{what}; livegan waits for it ({others})")

    def _say(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self._note(text)

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
        rows = frame.get_array().reshape(height, frame.get_line_stride())
        pixels = rows[:, : 4 * width].reshape(height, width, 4)
        picture = av.VideoFrame.from_ndarray(pixels, format="rgba")
        opaque = frame.get_fourcc().name != "RGBA"
        made = as_pixels(picture, self._wanted)
        return made[..., :3] if opaque else made

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
    PictureSourceError
        Without cyndilib; the line says how to get it.
    """
    need_cyndilib()
    return NdiSource(argument.strip(), wanted, note)


def need_cyndilib() -> None:
    """Raises `PictureSourceError` with the command that installs cyndilib where it is missing."""
    try:
        import cyndilib.finder  # noqa: F401
    except ImportError as error:
        raise PictureSourceError(told(error)) from None


def senders(seconds: float = 1.0) -> list[str]:
    """The senders that are found within some seconds.

    Raises
    ------
    PictureSourceError
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
