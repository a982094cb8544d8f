"""Film files: H.264 pictures and AAC sound, in sync, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np

from livegan.sound import RATE

CHUNK = 1024
INDEXED = (".mp4", ".mov", ".m4v")
"""Containers whose index stands at their end unless asked otherwise."""


class FilmError(OSError):
    """A film cannot be written: where, and why."""


class FilmWriter:
    """Writes pictures (H, W, 3) uint8 one after the other, with the sound that belongs to them.

    Parameters
    ----------
    path : the film; its suffix says the container (``.mp4``, ``.mkv``, ``.mov``).
    fps : pictures a second.
    sound : (n, 2) float32 at 48 kHz that begins with the first picture; None for a silent film.
    crf, preset, tune : what x264 calls them: quality (lower is better), effort, kind of pictures.
    """

    def __init__(
        self,
        path: Path,
        fps: float,
        sound: Any = None,
        *,
        crf: int = 16,
        preset: str = "veryfast",
        tune: str = "",
    ) -> None:
        self.path = path
        self.partial = path.with_name(f".{path.stem}.partial{path.suffix or '.mp4'}")
        self.rate = Fraction(fps).limit_denominator(100_000)
        self.sound = sound
        self.options = {"crf": str(crf), "preset": preset, **({"tune": tune} if tune else {})}
        self.frames = 0
        self.sent = 0
        self.video: Any = None
        self.audio: Any = None
        self.shape: tuple[int, int] = (0, 0)

    def __enter__(self) -> FilmWriter:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Players on the web begin before they have all of it.
            first = {"movflags": "+faststart"} if self.partial.suffix in INDEXED else {}
            self.container = av.open(str(self.partial), "w", options=first)
        except (OSError, ValueError, av.FFmpegError) as error:
            raise FilmError(f"{self.path}: a film cannot be written there: {error}") from None
        return self

    def _begin(self, height: int, width: int) -> None:
        self.shape = (height - height % 2, width - width % 2)
        self.video = self.container.add_stream("libx264", rate=self.rate)
        self.video.height, self.video.width = self.shape
        self.video.pix_fmt = "yuv420p"
        self.video.options = self.options
        if self.sound is not None:
            self.audio = self.container.add_stream("aac", rate=RATE)
            self.audio.layout = "stereo"
            self.audio.bit_rate = 192_000

    def write(self, pixels: Any) -> None:
        """Append one picture; one of another size is fitted to the size of the first.

        `FilmError` where it cannot be written: the disk is full, the drive is gone.
        """
        with self._told():
            self._write(pixels)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, av.FFmpegError) as error:
            why = getattr(error, "strerror", None) or error
            raise FilmError(f"{self.path}: the film cannot be written: {why}") from None

    def _write(self, pixels: Any) -> None:
        if self.video is None:
            self._begin(*pixels.shape[:2])
        height, width = self.shape
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        if pixels.shape[:2] != (height, width):
            frame = frame.reformat(width=width, height=height)
        frame.pts = self.frames
        frame.time_base = 1 / self.rate
        self.container.mux(self.video.encode(frame))
        self.frames += 1
        self._sound_until(int(self.frames / self.rate * RATE))

    def _sound_until(self, position: int, last: bool = False) -> None:
        if self.audio is None:
            return
        position = min(position, len(self.sound))
        while self.sent + CHUNK <= position or (last and self.sent < position):
            block = self.sound[self.sent : min(self.sent + CHUNK, position)]
            planar = np.ascontiguousarray(block.T, np.float32)
            frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout="stereo")
            frame.sample_rate = RATE
            frame.pts = self.sent
            frame.time_base = Fraction(1, RATE)
            self.container.mux(self.audio.encode(frame))
            self.sent += len(block)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self.video is not None:
                with self._told():
                    self._sound_until(int(self.frames / self.rate * RATE), last=True)
                    for stream in (self.video, self.audio):
                        if stream is not None:
                            self.container.mux(stream.encode(None))
                    self.container.close()
                    os.replace(self.partial, self.path)
        finally:
            with contextlib.suppress(Exception):
                self.container.close()
            self.partial.unlink(missing_ok=True)
