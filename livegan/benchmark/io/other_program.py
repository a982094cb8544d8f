"""The other program of a measurement, in a process of its own, with nothing of livegan's ways.

``python -m livegan.benchmark.io.other_program WHAT ...``. A receiver prints a line for each new
picture, ``NUMBER DRAWN SEEN``; a sender sends until it is ended.
"""

from __future__ import annotations

import io
import mmap
import struct
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from livegan.benchmark.io.seen import FPS
from livegan.benchmark.io.stamp import FrameStamp, clock, grounds, read, stamp
from livegan.picture_sources.source import Pixels

LOOK = 0.002  # seconds between looks where nothing announces a picture
LOOK_NDI = 1 / 120  # the same, where each look converts a picture
PATIENCE = 40.0  # seconds to wait for a server


class PrintedStamps:
    """Prints each picture once."""

    def __init__(self) -> None:
        self._last: FrameStamp | None = None

    def __call__(self, picture: Pixels) -> None:
        said = read(picture)
        if said is not None and said != self._last:
            self._last = said
            print(said.number, f"{said.at:.4f}", f"{clock():.4f}", flush=True)


def send_ndi(name: str, height: str, width: str) -> None:
    """Send stamped pictures by NDI."""
    from cyndilib.sender import Sender
    from cyndilib.video_frame import VideoSendFrame
    from cyndilib.wrapper.ndi_structs import FourCC

    frame = VideoSendFrame()
    frame.set_fourcc(FourCC.RGBX)
    frame.set_resolution(int(width), int(height))
    sender = Sender(name, clock_video=False)
    sender.set_video_frame(frame)
    opaque = np.full((int(height), int(width)), 255, np.uint8)
    pictures = [np.dstack([g, opaque]) for g in grounds(int(height), int(width))]
    with sender:
        for number in range(10**9):
            picture = pictures[number % len(pictures)]
            _wait(number)
            stamp(picture, FrameStamp(number, clock()))
            sender.write_video(picture.reshape(-1))


def receive_ndi(name: str) -> None:
    """Receive by NDI what is sent under a name."""
    from cyndilib.finder import Finder
    from cyndilib.receiver import Receiver
    from cyndilib.video_frame import VideoFrameSync
    from cyndilib.wrapper.ndi_recv import RecvBandwidth, RecvColorFormat

    told = PrintedStamps()
    finder = Finder()
    finder.open()
    receiver: Any = Receiver(
        color_format=RecvColorFormat.RGBX_RGBA, bandwidth=RecvBandwidth.highest
    )
    frame = VideoFrameSync()
    receiver.frame_sync.set_video_frame(frame)
    found, before = False, None
    while True:
        if not found:
            finder.wait_for_sources(0.2)
            finder.update_sources()
            for full in finder.get_source_names():
                if full.endswith(f"({name})"):
                    receiver.set_source(finder.get_source(full))
                    found = True
            continue
        receiver.frame_sync.capture_video()
        stamped = frame.get_timestamp_posix() if frame.xres else None
        if stamped != before:
            before = stamped
            rows = frame.get_array().reshape(frame.yres, frame.get_line_stride())
            told(rows[:, : 4 * frame.xres].reshape(frame.yres, frame.xres, 4))
        time.sleep(LOOK_NDI)


def watch_web(address: str) -> None:
    """Watch moving JPEGs, as a browser does."""
    from PIL import Image

    told = PrintedStamps()
    end = time.monotonic() + PATIENCE
    while True:
        try:
            stream = urllib.request.urlopen(address, timeout=PATIENCE)
            break
        except OSError:  # it does not listen yet
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    with stream:
        while line := stream.readline():
            if line.lower().startswith(b"content-length"):
                length = int(line.split(b":")[1])
                stream.readline()
                told(np.asarray(Image.open(io.BytesIO(stream.read(length)))))


def look_at_screen(folder: str, height: str, width: str) -> None:
    """Look at the screen of an Xvfb, in the memory that it draws into."""
    picture = framebuffer(Path(folder))[: int(height), : int(width)]
    told = PrintedStamps()
    while True:
        told(picture)
        time.sleep(LOOK)


def framebuffer(folder: Path) -> Pixels:
    """The screen of an Xvfb with ``-fbdir``, (H, W, 4) bytes of blue, green, red: its memory."""
    with (folder / "Xvfb_screen0").open("r+b") as file:
        memory = mmap.mmap(file.fileno(), 0)
    # XWDFileHeader.h: header_size is word 0, width and height 4 and 5, bytes a line 12, colours 19.
    words = struct.unpack(">25I", memory[:100])
    line, height = words[12], words[5]
    start = words[0] + 12 * words[19]
    rows = np.frombuffer(memory, np.uint8, line * height, start).reshape(height, line)
    return rows[:, : 4 * words[4]].reshape(height, words[4], 4)


_began: float | None = None


def _wait(number: int) -> None:
    """Until the time of that picture."""
    global _began
    _began = time.monotonic() if _began is None else _began
    time.sleep(max(0.0, _began + number / FPS - time.monotonic()))


if __name__ == "__main__":
    WHAT: dict[str, Callable[..., None]] = {
        "send-ndi": send_ndi,
        "receive-ndi": receive_ndi,
        "watch-web": watch_web,
        "look-at-screen": look_at_screen,
    }
    WHAT[sys.argv[1]](*sys.argv[2:])
