"""A picture source as a film: each picture at the time at which it came.

``--with SOURCE=FILE`` plays it with that timing. The film is written in fragments, so what was
written before a power cut plays.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType

from livegan.files import location
from livegan.film import FilmError
from livegan.ipc.picture_ring import PictureRing
from livegan.picture_sources.source import Pixels, SourceName, Wanted
from livegan.stage.fallback.letterbox import boxed
from livegan.stage.picture_guests.guests import PictureGuests
from livegan.stage.record.live_film import KEY_S
from livegan.stage.record.recording import (
    AT_ONCE,
    CONTAINERS,
    ENCODERS,
    can_be_recorded,
    encoder,
)

CLOCK = 90_000
"""Ticks a second of the film's times."""
LOOK = 0.004  # seconds between looks for a new picture
FPS = 30  # what the encoder plans for; pictures stand where they came


class SourceRecording:
    """The film of one source. A picture of another size than the first gets black borders."""

    def __init__(self, path: Path) -> None:
        """Nothing is written before the first picture.

        Raises
        ------
        FilmError
            If no recording can have that name: see `can_be_recorded`.
        """
        can_be_recorded(path)
        self.path = path
        self.size = (0, 0)
        """Width and height."""
        self.pictures = 0
        self.seconds = 0.0
        """From the first picture to the last."""
        self._container: Any = None
        self._stream: Any = None
        self._begun = 0.0
        self._last = self._key = -1

    def write(self, pixels: Pixels, at: float) -> None:
        """Write a (H, W, 3) picture that came at ``at``, in seconds of any clock; of one with an
        alpha, (H, W, 4), its colours.

        Raises
        ------
        FilmError
            If it cannot be written: the disk is full. What was written before plays.
        """
        pixels = pixels[..., :3]
        try:
            if self._stream is None:
                self._open(pixels)
                self._begun = at
            ticks = round((at - self._begun) * CLOCK)
            if ticks <= self._last:
                return
            wide, high = self.size
            fits = (pixels.shape[1] & ~1, pixels.shape[0] & ~1) == self.size
            even = pixels[:high, :wide] if fits else boxed(pixels, self.size)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(even))
            frame.pts, frame.time_base = ticks, Fraction(1, CLOCK)
            if ticks // (KEY_S * CLOCK) > self._key:
                self._key = ticks // (KEY_S * CLOCK)
                frame.pict_type = PictureType.I
            self._mux(self._stream.encode(frame))
        except (OSError, ValueError, av.FFmpegError) as error:
            why = getattr(error, "strerror", None) or error
            raise FilmError(f"the recording {self.path.name} stopped: {why}") from None
        self._last, self.seconds = ticks, ticks / CLOCK
        self.pictures += 1

    def _open(self, pixels: Pixels) -> None:
        self.size = pixels.shape[1] & ~1, pixels.shape[0] & ~1
        container, options = CONTAINERS[self.path.suffix.lower()]
        self._container = av.open(
            location(self.path), "w", format=container, options=options | AT_ONCE
        )
        name = encoder()
        stream = self._container.add_stream(name, rate=FPS)
        stream.width, stream.height = self.size
        stream.pix_fmt = "yuv420p"
        # Without B-frames: with them, a film in fragments begins late and its length is wrong.
        stream.options = {**dict(ENCODERS)[name], "g": str(KEY_S * FPS), "bf": "0"}
        stream.codec_context.time_base = Fraction(1, CLOCK)
        self._stream = stream

    def _mux(self, packets: Any) -> None:
        for packet in packets:
            self._container.mux(packet)

    def close(self) -> None:
        """Finish the film. Safe to call twice."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError, av.FFmpegError):
            self._mux(stream.encode(None))
        with contextlib.suppress(OSError, ValueError, av.FFmpegError):
            self._container.close()


@dataclass(frozen=True)
class SourceTake:
    """What was recorded."""

    pictures: int
    seconds: float
    size: tuple[int, int]

    @property
    def rate(self) -> float:
        """Pictures a second."""
        return (self.pictures - 1) / self.seconds if self.seconds else 0.0


def record_source(
    name: SourceName,
    path: Path,
    wanted: Wanted,
    folder: Path,
    note: Callable[[str], None],
    over: Callable[[float], bool],
    *,
    guests: Callable[..., PictureGuests] = PictureGuests,
    clock: Callable[[], float] = time.monotonic,
) -> SourceTake:
    """Record a source into a new file until ``over(seconds recorded)``; waits for it if it is away.

    ``note`` takes lines about the source. While it is away, the film keeps its last picture.

    Raises
    ------
    FilmError
        If the film cannot be written.
    """
    film = SourceRecording(path)
    opened = guests(folder, note)
    begun: float | None = None
    try:
        with PictureRing.attach(opened.want([name], wanted)[str(name)]) as ring:
            serial = 0
            while not over(0.0 if begun is None else clock() - begun):
                picture = ring.latest(serial)
                if picture is None:
                    time.sleep(LOOK)
                    continue
                serial, now = picture.serial, clock()
                begun = now if begun is None else begun
                film.write(picture.pixels, now)
    finally:
        film.close()
        opened.close()
    return SourceTake(film.pictures, film.seconds, film.size)
