"""A recording of the show: what the audience saw, with the sound, whole even after a crash.

The film is written in fragments of two seconds. What was written before a power cut plays.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from livegan.files import location
from livegan.film import FilmError
from livegan.stage.record.live_film import LiveFilm, ShowSound
from livegan.stage.streams.formats import RGB, Format
from livegan.stage.streams.stream import StreamPicture

CONTAINERS = {
    ".mp4": ("mp4", {"movflags": "+frag_keyframe+empty_moov+default_base_moof"}),
    ".mov": ("mov", {"movflags": "+frag_keyframe+empty_moov+default_base_moof"}),
    ".mkv": ("matroska", {"cluster_time_limit": "1000"}),
}
AT_ONCE = {"flush_packets": "1"}  # nothing waits in a buffer for a full block
"""Suffix → container, and its options: those that can be read before they are complete."""
ENCODERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("h264_nvenc", {"preset": "p4", "cq": "20"}),
    ("h264_videotoolbox", {"q": "65"}),
    ("h264_qsv", {"global_quality": "20"}),
    ("h264_amf", {"quality": "balanced"}),
    ("libx264", {"preset": "superfast", "crf": "18", "threads": "1"}),
)
"""Encoders by preference, those of graphics cards first, and their options."""
NICE = 5
"""By how much the thread that encodes gives way to those that draw."""


class ShowRecording:
    """An output of the stage that writes a film. All but the constructor is called on one thread.

    Pictures that come while one is encoded are left out of the film, so the show never waits.
    """

    def __init__(
        self,
        path: Path,
        sound: ShowSound,
        note: Callable[[str], None],
        *,
        fps: int = 30,
    ) -> None:
        """``note`` takes a line for the performer. Nothing is written before the first picture.

        Raises
        ------
        FilmError
            If the suffix is none of `CONTAINERS`, the file exists, or the folder cannot be made.
        """
        can_be_recorded(path)
        self.path, self._sound, self._note, self._fps = path, sound, note, fps
        self.format: Format = RGB
        self.left_out = 0
        """Pictures of the engine that are not in the film."""
        self._container: Any = None
        self._film: LiveFilm | None = None
        self._live: int | None = None
        self._failed = False

    def show(self, picture: StreamPicture, pixels: NDArray[np.uint8]) -> None:
        """Write one picture, (H, W, 3) uint8, and the sound up to now, from the first of a set on.

        Raises
        ------
        FilmError
            If it cannot be written: the disk is full. What was written before plays.
        """
        if not picture.live:  # the start picture, which has another shape than the set's
            return
        try:
            if self._film is None:
                self._film = self._open(pixels)
            if self._film.write(pixels):
                if self._live is not None:
                    self.left_out += max(0, picture.live - self._live - 1)
                self._live = picture.live
        except (OSError, ValueError, av.FFmpegError) as error:
            self._failed = True
            why = getattr(error, "strerror", None) or error
            raise FilmError(f"the recording {self.path.name} stopped: {why}") from None

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Pictures come with what is known of them: see `show`."""
        raise NotImplementedError

    def _open(self, pixels: NDArray[np.uint8]) -> LiveFilm:
        with contextlib.suppress(OSError, AttributeError):
            if sys.platform == "linux":  # there a thread has a priority of its own
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        size = pixels.shape[1], pixels.shape[0]
        self.format = Format(RGB.layout, size)
        container, options = CONTAINERS[self.path.suffix.lower()]
        name = encoder()
        self._container = av.open(
            location(self.path), "w", format=container, options=options | AT_ONCE
        )
        return LiveFilm(
            self._container,
            self._sound,
            size,
            encoder=name,
            options=dict(ENCODERS)[name],
            fps=self._fps,
        )

    def close(self) -> None:
        """Finish the film, and say how long it is and what was left out."""
        if self._film is None:
            if not self._failed:
                self._note(f"{self.path.name} was not recorded: the set showed no picture")
            return
        seconds = self._film.seconds
        with contextlib.suppress(OSError, ValueError, av.FFmpegError):
            self._film.finish()
        with contextlib.suppress(OSError, ValueError, av.FFmpegError):
            self._container.close()
        self._film = self._container = None
        length = f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
        missing = f"; {self.left_out} pictures were left out" if self.left_out else ""
        self._note(f"recorded {self.path.name}: {length}{missing}")


def can_be_recorded(path: Path) -> None:
    """Make the folder of a recording.

    Raises
    ------
    FilmError
        If the suffix is none of `CONTAINERS`, the file exists, or the folder cannot be made or
        written to.
    """
    if path.suffix.lower() not in CONTAINERS:
        known = ", ".join(CONTAINERS)
        raise FilmError(f"{path}: a recording is one of {known}; {path.stem}.mp4 would do")
    if path.exists():
        raise FilmError(f"{path}: exists already; choose another name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):  # rights and read-only disks differ by system
            pass
    except OSError as error:
        raise FilmError(f"{path}: cannot be written: {error.strerror}") from None


def encoder() -> str:
    """The first of `ENCODERS` that works on this machine, found by encoding a picture with it."""
    global _found
    if _found is None:
        _found = next((name for name, _ in ENCODERS[:-1] if works(name)), ENCODERS[-1][0])
    return _found


_found: str | None = None


def works(name: str) -> bool:
    """Whether an encoder can be opened and encodes a picture."""
    try:
        context: Any = av.CodecContext.create(name, "w")
        context.width, context.height, context.pix_fmt = 256, 256, "yuv420p"
        context.time_base = Fraction(1, 30)
        frame = av.VideoFrame(256, 256, "yuv420p")
        frame.pts = 0
        return bool([*context.encode(frame), *context.encode(None)])
    except (OSError, ValueError, av.FFmpegError):
        return False


def free_film(folder: Path) -> Path:
    """A name for a recording that no file has yet: the date and time."""
    return folder / f"{datetime.now():%Y-%m-%d-%H%M%S}.mp4"
