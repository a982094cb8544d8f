"""A film file that is read at any time, in any order: the frame that is on at that moment.

What `Clip.at` returns depends on the file and the time alone, not on what was read before: the
same in a show and in a rehearsal.
"""

from __future__ import annotations

import bisect
import itertools
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from livegan.files import location
from livegan.picture_sources.frame import as_pixels
from livegan.picture_sources.source import PictureSourceError, Pixels, Wanted

INDEX = b"moov"
"""The part of an MP4 or MOV file that says where its pictures are. Most programs write it last."""
ROUNDING = 1e-6  # seconds by which a time may be rounded down and still is that of the frame
NEAR = 1.5  # seconds ahead that are reached by decoding on, without a seek
LOOK = 24  # frames by which the times of a container are judged
CACHE_BYTES = 96 * 2**20
"""Frames that are kept, for playing backwards and to and fro."""


@dataclass(frozen=True)
class ClipFrame:
    """A picture of a film, on from ``begin`` until ``until``, in seconds from its first one."""

    pixels: Pixels
    begin: float
    until: float

    def on_at(self, seconds: float) -> bool:
        """Whether it is seen then."""
        return self.begin <= seconds + ROUNDING < self.until


class Clip:
    """The pictures of a film by presentation time. Not for several threads at once.

    ``path`` is any file that PyAV opens; its sound is ignored. Raises `PictureSourceError` if there
    is no such file, or no picture in it.
    """

    def __init__(self, path: Path, wanted: Wanted) -> None:
        self.path, self._wanted = path, wanted
        if not path.is_file():
            raise PictureSourceError(f"{path}: there is no such file")
        try:
            self._container = av.open(location(path), metadata_errors="ignore")
        except (av.FFmpegError, ValueError) as error:
            raise PictureSourceError(f"{path}: {why_closed(path, _reason(error))}") from None
        attached = av.stream.Disposition.attached_pic
        streams = [s for s in self._container.streams.video if s.codec_context is not None]
        films = [s for s in streams if not s.disposition & attached] or streams
        if not films:
            self._container.close()
            raise PictureSourceError(f"{path}: has no pictures")
        self._stream: Any = films[0]
        self._stream.thread_type = "AUTO"
        ratio = self._stream.sample_aspect_ratio
        self._aspect = float(ratio) if ratio else 1.0
        self._start = 0.0
        self._frames: Any = iter(())
        self._ahead: Any = None  # the frame after the current one, decoded and not converted
        self._held: Any = None
        self._decoding_times = False
        """Whether the container has only times of decoding (AVI), by which pictures that are
        predicted from later ones come in a wrong order."""
        self._delay: int | None = None
        self._first_dts: int | None = None
        self._last_dts = 0
        self._cache: OrderedDict[float, ClipFrame] = OrderedDict()
        self._times: list[float] = []
        self._begin()

    def _begin(self) -> None:
        self._seek(None)
        begun = [time for time, _ in itertools.islice(self._frames, LOOK) if time is not None]
        self._decoding_times = begun != sorted(begun)
        self._seek(None)
        first = self._next()
        if first is None:
            raise PictureSourceError(f"{self.path}: its pictures cannot be decoded")
        self._start = first[0]
        self._held = first
        self._ahead = self._next()
        self.duration = self._length()
        """Seconds from its first picture to the end of its last."""

    def _length(self) -> float:
        """As the stream or container says, else found by reading to the end."""
        stream, container = self._stream, self._container
        rate = stream.average_rate or stream.guessed_rate
        step = 1 / float(rate) if rate else 0.04
        if stream.duration and stream.time_base:
            begin = float((stream.start_time or 0) * stream.time_base)
            return max(step, begin + float(stream.duration * stream.time_base) - self._start)
        if container.duration:
            begin = (container.start_time or 0) / av.time_base
            return max(step, begin + container.duration / av.time_base - self._start)
        last = self._start
        while self._ahead is not None:
            last = max(last, self._ahead[0])
            self._ahead = self._next()
        return last - self._start + step

    def at(self, seconds: float) -> Pixels:
        """The picture that is on at that time, 0 at its first one; the first or last one beyond.

        (H, W, 3) RGB bytes, or (H, W, 4) where the film has transparency, as large as is needed to
        cover the canvas. What cannot be decoded is passed over. Not to be written into.
        """
        return self.frame(seconds).pixels

    def frame(self, seconds: float) -> ClipFrame:
        """The same, with the times between which it is on."""
        time = self._start + min(max(seconds, 0.0), max(self.duration, 0.0)) + ROUNDING
        known = self._known(time)
        if known is not None:
            return known
        if self._held is None or time < self._held[0] or time > self._held[0] + NEAR:
            self._jump(time)
        while self._ahead is not None and self._ahead[0] <= time:
            self._held, self._ahead = self._ahead, self._next()
        return self._converted()

    def _known(self, time: float) -> ClipFrame | None:
        index = bisect.bisect_right(self._times, time) - 1
        if index < 0:
            return None
        frame = self._cache[self._times[index]]
        if time - self._start >= frame.until:
            return None
        self._cache.move_to_end(self._times[index])
        return frame

    def _converted(self) -> ClipFrame:
        """The current frame as bytes, remembered."""
        time, decoded = self._held
        found = self._cache.get(time)
        if found is None:
            pixels = as_pixels(decoded, self._wanted, self._aspect)
            pixels.flags.writeable = False
            until = self._ahead[0] - self._start if self._ahead is not None else np.inf
            begin = time - self._start if time > self._start else -np.inf
            found = self._cache[time] = ClipFrame(pixels, begin, until)
            bisect.insort(self._times, time)
            while len(self._cache) * pixels.nbytes > CACHE_BYTES and len(self._cache) > 2:
                gone, _ = self._cache.popitem(last=False)
                self._times.remove(gone)
        return found

    def _jump(self, time: float) -> None:
        """Decode from a key frame at or before that time; further back where an index lies."""
        back = 0.0
        while True:
            begin = time - back
            self._seek(begin if begin > self._start else None)
            first = self._next()
            if first is not None and (first[0] <= time or begin <= self._start):
                break
            if first is None and begin <= self._start:
                return  # damaged beyond the start: what is held stays
            back = max(1.0, back * 4)
        self._held, self._ahead = first, self._next()

    def _seek(self, time: float | None) -> None:
        """Begin to decode at a key frame at or before that time; None is the start."""
        stream = self._stream
        offset = stream.start_time or 0
        if time is not None:
            offset = int(time / stream.time_base)
        try:
            self._container.seek(offset, stream=stream, backward=True)
        except (av.FFmpegError, ValueError, OverflowError):
            if time is not None:
                self._seek(None)
                return
        self._frames = self._decoded()

    def _decoded(self) -> Any:
        """Frames in the order in which they are shown; damaged packets are passed over."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                if self._first_dts is None:
                    self._first_dts = packet.dts
                for frame in packet.decode():
                    yield self._time(frame), frame
            except av.EOFError:
                return
            except (av.FFmpegError, ValueError):
                continue

    def _time(self, frame: Any) -> float | None:
        """When a frame is shown; frames come in that order, also where only decoding times are
        written, which are those of the packet that let the frame out."""
        if not self._decoding_times:
            return None if frame.pts is None else float(frame.pts * frame.time_base)
        dts = frame.dts if frame.dts is not None else self._last_dts + 1
        self._last_dts = dts
        if self._delay is None:
            self._delay = dts - (self._first_dts or 0)
        return float((dts - self._delay) * self._stream.time_base)

    def _next(self) -> tuple[float, Any] | None:
        for time, frame in self._frames:
            if time is not None:
                return time, frame
        return None

    def close(self) -> None:
        """Close the file."""
        self._container.close()


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def why_closed(path: Path, reason: str) -> str:
    """Why a film cannot be opened, in words: that it is cut off, where that is so."""
    try:
        if not path.stat().st_size:
            return "it is empty; copy it again"
        if boxes(path)[:1] == [b"ftyp"] and INDEX not in boxes(path):
            return "it is cut off, so it has no index; wait until it is whole, or copy it again"
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    return f"not a film that can be opened ({reason})"


def boxes(path: Path) -> list[bytes]:
    """The names of the parts of an MP4 or MOV file, in order (ISO 14496-12, 4.2); of another file,
    whatever stands there."""
    found: list[bytes] = []
    with path.open("rb") as file:
        end, at = path.stat().st_size, 0
        while at + 8 <= end and len(found) < 1000:
            file.seek(at)
            head = file.read(16)
            size, name = int.from_bytes(head[:4], "big"), head[4:8]
            if size == 1:
                size = int.from_bytes(head[8:16], "big")
            found.append(name)
            if size < 8:  # 0: to the end of the file
                break
            at += size
    return found
