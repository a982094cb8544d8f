"""Films: frames by presentation time, and where their sound begins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
import numpy.typing as npt

Fit = Literal["crop", "pad", "stretch"]
FITS: tuple[Fit, ...] = ("crop", "pad", "stretch")
Picture = npt.NDArray[np.uint8]


class FilmError(Exception):
    """A film that cannot be used; the message is one line: which film, what, what to do."""


@dataclass(frozen=True)
class Frame:
    """A frame that was kept: ``time`` in seconds of the film, ``picture`` (size, size, 3) RGB."""

    time: float
    picture: Picture


class Film:
    """A film with its soundtrack, opened by PyAV.

    Times are presentation times, in seconds from the start of the film as players count it (that
    of its earliest stream), which is where `livegan.sound.media.decode` begins as well.  So a film
    whose first frame is late, or whose frame rate is odd or varies, is read rightly.

    Parameters
    ----------
    path : any file PyAV opens.
    video_stream : which one of several, counted from 0; by default ffmpeg's choice.

    Raises
    ------
    FilmError
        If it cannot be opened, or has no such stream.
    """

    def __init__(self, path: Path, *, video_stream: int | None = None) -> None:
        self.path = path
        self.truncated: str | None = None
        if not path.is_file():
            raise FilmError(f"{path}: there is no such file")
        try:
            self._container = av.open(str(path), metadata_errors="ignore")
        except (av.FFmpegError, ValueError) as error:
            raise FilmError(f"{path}: not a film that can be opened ({_reason(error)})") from error
        try:
            self._video = self._stream("video", video_stream)
            self._stream("audio", None)
        except FilmError:
            self._container.close()
            raise
        self._video.thread_type = "AUTO"
        self._start = (self._container.start_time or 0) / av.time_base

    def __enter__(self) -> Film:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def _stream(self, kind: Literal["video", "audio"], wanted: int | None) -> Any:
        streams = [s for s in self._container.streams if s.type == kind]
        if not streams:
            fix = "a pair needs both; choose a film with sound and pictures"
            raise FilmError(f"{self.path}: has no {kind} stream ({fix})")
        if wanted is None:
            return self._container.streams.best(kind) or streams[0]
        if not 0 <= wanted < len(streams):
            raise FilmError(
                f"{self.path}: has no {kind} stream {wanted}; it has {len(streams)}, "
                f"counted from 0 (--{kind}-stream)"
            )
        return streams[wanted]

    @property
    def duration(self) -> float:
        """Seconds from the start, as the container says; 0 when it does not know."""
        container = self._container.duration
        return container / av.time_base if container else 0.0

    def frames(self, size: int, rate: float, fit: Fit = "crop") -> Iterator[Frame]:
        """The first frame at or after each multiple of ``1 / rate`` seconds, (size, size, 3).

        A film cut off in the middle gives what it has; ``truncated`` then says why it stopped.

        Raises
        ------
        FilmError
            If not one frame can be decoded.
        """
        due = 0  # counts periods of 1/rate: integers do not drift
        seen = False
        try:
            for frame in self._container.decode(self._video):
                seen = True
                if frame.pts is None:
                    continue
                time = float(frame.pts * frame.time_base) - self._start
                if time + 1e-6 < due / rate:
                    continue
                due = int((time + 1e-6) * rate) + 1
                yield Frame(time, _fitted(frame, size, fit, self._aspect()))
        except (av.FFmpegError, ValueError) as error:
            self.truncated = _reason(error)
        if not seen:
            why = self.truncated or "no frames"
            raise FilmError(f"{self.path}: its pictures cannot be decoded ({why})")

    def _aspect(self) -> float:
        """Width of a pixel over its height: films on DVD are not square."""
        ratio = self._video.sample_aspect_ratio
        return float(ratio) if ratio else 1.0


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _fitted(frame: Any, size: int, fit: Fit, aspect: float) -> Picture:
    """The frame as (size, size, 3) RGB bytes."""
    width, height = frame.width * aspect, float(frame.height)
    if fit == "stretch":
        width_to, height_to = size, size
    else:
        scale = size / (min if fit == "crop" else max)(width, height)
        width_to, height_to = max(1, round(width * scale)), max(1, round(height * scale))
    scaled: Picture = frame.to_ndarray(
        format="rgb24", width=width_to, height=height_to, interpolation="AREA"
    )
    if fit == "crop":
        top, left = (height_to - size) // 2, (width_to - size) // 2
        return np.ascontiguousarray(scaled[top : top + size, left : left + size])
    if scaled.shape[:2] == (size, size):
        return scaled
    padded = np.zeros((size, size, 3), np.uint8)
    top, left = (size - height_to) // 2, (size - width_to) // 2
    padded[top : top + height_to, left : left + width_to] = scaled
    return padded


def is_black(picture: Picture) -> bool:
    """True for a frame without light: leaders, fades, the black between two shots."""
    return bool(picture.mean() < 6 and np.percentile(picture, 99.5) < 32)


def signature(picture: Picture) -> npt.NDArray[np.float32]:
    """A (16, 16, 3) miniature, 0..1, to tell near-duplicates by their mean difference."""
    size = picture.shape[0] // 16 * 16
    cells = picture[:size, :size].reshape(16, size // 16, 16, size // 16, 3)
    miniature: npt.NDArray[np.float32] = cells.mean((1, 3), dtype=np.float32) / np.float32(255)
    return miniature


def digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal text."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            found.update(block)
    return found.hexdigest()
