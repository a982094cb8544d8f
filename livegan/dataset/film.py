"""Films: their streams, and their frames by presentation time."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import av

from livegan.dataset.bars import bars_of
from livegan.dataset.fitting import NO_BARS, Crop, Fit, Pixels, fitted
from livegan.dataset.presentation import (
    DecodingOrder,
    edit_offset,
    in_decoding_order,
    late_sound,
    moving,
)
from livegan.dataset.timeline import JUMP, Timeline
from livegan.files import kind_of, location, named
from livegan.size import Size, Written

Kind = Literal["video", "audio"]
Watch = Callable[[float, Any], None]
"""Told the time and the frame, an `av.VideoFrame`, of every frame that is decoded."""

AHEAD = 20
"""Packets that are read ahead: more than lie between a frame being decoded and being shown."""

NOTES = 8
"""Lines about one film: a bad recording starts over a hundred times."""


class BadFilm(Exception):
    """A film that cannot be used; the message is one line: which film, what, what to do."""


@dataclass(frozen=True)
class FilmFrame:
    """A frame that was kept: ``time`` in seconds of the film, ``picture`` (H, W, 3) RGB."""

    time: float
    picture: Pixels


class Film:
    """A film with its soundtrack, opened by PyAV.

    Times are presentation times, in seconds from the start of the film as players count it (that
    of its earliest stream), which is where `livegan.sound.media.open_media` begins as well.  So a
    film whose first frame is late, or whose frame rate is odd or varies, is read rightly.

    Parameters
    ----------
    path : any file PyAV opens.
    video_stream, audio_stream : which one of several, counted from 0 among those of its kind; by
        default ffmpeg's choice.
    threads : of the decoder; 0 is one for each core.

    ``audio`` is the number of the audio stream that was taken, ``notes`` says what was chosen
    where there was a choice, and what is damaged.

    Raises
    ------
    FilmError
        If it cannot be opened, has no such stream, or none that can be decoded.
    """

    def __init__(
        self,
        path: Path,
        *,
        video_stream: int | None = None,
        audio_stream: int | None = None,
        threads: int = 0,
    ) -> None:
        self.path = path = named(path)
        self.notes: list[str] = []
        try:
            if path.is_dir():
                raise BadFilm(f"{path}: is a folder, and no film is in it")
            if not path.is_file():
                kind = kind_of(path) if path.exists() else ""
                why = f"is {kind}, not a film" if kind else "there is no such file"
                raise BadFilm(f"{path}: {why}")
        except OSError as error:  # such as of a name that is too long
            raise BadFilm(f"{path}: cannot be read ({_reason(error)})") from error
        try:
            self._container = av.open(location(path), metadata_errors="ignore")
        except (av.FFmpegError, ValueError) as error:
            raise BadFilm(f"{path}: not a film that can be opened ({_reason(error)})") from error
        try:
            self._video, _ = self._stream("video", video_stream)
            self._sound, self.audio = self._stream("audio", audio_stream)
        except BadFilm:
            self._container.close()
            raise
        self._video.thread_type = "AUTO"
        self._video.codec_context.thread_count = threads
        form, sound = self._container.format.name, self._sound.codec_context
        # Pictures are moved: the sound is where everything that hears the file takes it to be.
        shown = float(1 / (self._video.average_rate or 25))
        self._start = (self._container.start_time or 0) / av.time_base
        self._start -= edit_offset(path, form, self._video.index, shown)
        self._start -= late_sound(form, sound.name, sound.sample_rate)
        self._timeline = Timeline(self._start, self._note)

    def __enter__(self) -> Film:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def _stream(self, kind: Kind, wanted: int | None) -> tuple[Any, int]:
        """The stream to take, and its number among those of its kind."""
        streams = [s for s in self._container.streams if s.type == kind]
        if not streams:
            fix = "a pair needs both; choose a film with sound and pictures"
            raise BadFilm(f"{self.path}: has no {kind} stream ({fix})")
        listed = "; ".join(f"{number}: {_described(s)}" for number, s in enumerate(streams))
        if wanted is not None:
            if not 0 <= wanted < len(streams):
                raise BadFilm(
                    f"{self.path}: has no {kind} stream {wanted}; --{kind}-stream is one of "
                    f"{listed}"
                )
            if streams[wanted].codec_context is None:
                raise BadFilm(f"{self.path}: {kind} stream {wanted} is in an unknown coding")
            return streams[wanted], wanted
        usable = [s for s in streams if s.codec_context is not None]
        if not usable:
            raise BadFilm(f"{self.path}: its {kind} is in an unknown coding ({listed})")
        if kind == "video" and len(usable) > 1:
            films = moving(self.path, [s.index for s in usable])
            usable = [s for s in usable if s.index in films] or usable
        best = self._container.streams.best(kind)
        found = next((s for s in usable if best is not None and s.index == best.index), usable[0])
        number = streams.index(found)
        if len(usable) > 1:
            self.notes.append(f"took {kind} stream {number} of {listed} (--{kind}-stream)")
        return found, number

    @property
    def duration(self) -> float:
        """Seconds from the start, as the container says; 0 when it does not know."""
        container = self._container.duration
        return container / av.time_base if container else 0.0

    def frames(
        self,
        size: Written,
        rate: float,
        fit: Fit = "crop",
        watch: Watch | None = None,
        crop: Crop = "none",
    ) -> Iterator[FilmFrame]:
        """The first frame at or after each multiple of ``1 / rate`` seconds, at ``size``.

        With ``crop="auto"`` black bars around the picture are cut off, and a note says so.  A film
        that is cut off or damaged gives what it has, and a note.

        Raises
        ------
        FilmError
            If not one frame can be decoded.
        """
        due = 0  # counts periods of 1/rate: integers do not drift
        time: float | None = None
        latest, again = 0.0, ""
        asked = Size.read(size)
        aspect = self._aspect()
        bars = bars_of(self.path, self._video.index) if crop == "auto" else NO_BARS
        if bars:
            self._note(f"black bars are cut off: {bars} (--crop none keeps them)")
        for frame in self._decoded(rate):
            if frame.pts is None:
                continue
            time = float(frame.pts * frame.time_base) - self._start
            if time < latest - JUMP and not again:
                again = f"what comes before {latest:.1f} s again is left out, as of its sound"
                self._note(f"its timestamps jump back from {latest:.1f} to {time:.1f} s; {again}")
            latest = max(latest, time)
            if watch is not None:
                watch(time, frame)
            if time + 1e-6 < due / rate:
                continue
            due = int((time + 1e-6) * rate) + 1
            yield FilmFrame(time, fitted(frame, asked, fit, aspect, bars))
        if time is None:
            why = "; ".join(self.notes) or "no frames"
            raise BadFilm(f"{self.path}: its pictures cannot be decoded ({why})")
        # What a file says whose timestamps jump is not how long it is.
        if (
            not self._timeline.moved
            and (said := self.duration)
            and time < said - max(1.0, 0.02 * said)
        ):
            self.notes.append(f"its pictures end at {time:.1f} s of {said:.1f}")

    def _decoded(self, rate: float) -> Iterator[Any]:
        """The frames that can be decoded; what cannot is noted.

        Frames that no other is predicted from, and that `frames` will not take, are passed over:
        half of most films.
        """
        context = self._video.codec_context
        damaged = 0
        order = None
        if in_decoding_order(self.path, self._container.format.name, self._video.index):
            order = DecodingOrder()
        for packet, wanted in self._marked(rate):
            # Times can be put in order only if there is a frame for each.
            context.skip_frame = "DEFAULT" if wanted or order is not None else "NONREF"
            try:
                if order is None:
                    yield from packet.decode()
                    continue
                order.sent(packet)
                for frame in packet.decode():
                    frame.pts = order.time(frame)
                    yield frame
            except av.EOFError:
                break
            except (av.FFmpegError, ValueError):
                damaged += 1
        if damaged:
            self.notes.append(f"{damaged} damaged packets of its pictures were left out")

    def _marked(self, rate: float) -> Iterator[tuple[Any, bool]]:
        """Packets as they are decoded, and whether one may be that of the next frame to take.

        That is the first to be shown after a multiple of ``1 / rate``, and, as a frame can come
        in two packets, those that lie within three of it in the order of being shown.
        """
        ahead: deque[Any] = deque()
        near: deque[float] = deque(maxlen=2 * AHEAD)
        for packet in self._timeline.joined(self._read(), self._sound.index):
            ahead.append(packet)
            if packet.pts is not None:
                near.append(float(packet.pts * packet.time_base) - self._start)
            if len(ahead) > AHEAD:
                yield self._mark(ahead.popleft(), near, rate)
        for packet in ahead:
            yield self._mark(packet, near, rate)

    def _mark(self, packet: Any, near: deque[float], rate: float) -> tuple[Any, bool]:
        if packet.pts is None:
            return packet, True
        time = float(packet.pts * packet.time_base) - self._start
        earlier = sorted(other for other in near if other < time)
        if len(earlier) < 3:
            return packet, True
        return packet, int((time + 1e-6) * rate) > int((earlier[-3] + 1e-6) * rate)

    def _read(self) -> Iterator[Any]:
        packets = self._container.demux(self._video, self._sound)
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, ValueError) as error:
                self.notes.append(f"its pictures break off ({_reason(error)})")
                return
            if packet is None:
                return
            yield packet

    def _note(self, text: str) -> None:
        if len(self.notes) < NOTES:
            self.notes.append(text)

    def _aspect(self) -> float:
        """Width of a pixel over its height: films on DVD are not square."""
        ratio = self._video.sample_aspect_ratio
        return float(ratio) if ratio else 1.0


def _described(stream: Any) -> str:
    """A stream in a few words: ``h264 1280x720``, ``aac 5.1 deu "Commentary"``."""
    context = stream.codec_context
    words = ["unknown coding" if context is None else context.name]
    if context is not None and stream.type == "video":
        words.append(f"{context.width}x{context.height}")
    elif context is not None and context.layout is not None:
        words.append(context.layout.name)
    if stream.language and stream.language != "und":
        words.append(stream.language)
    if title := stream.metadata.get("title"):
        words.append(f'"{title}"')
    return " ".join(words)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal text; `BadFilm` if it cannot be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                found.update(block)
    except OSError as error:
        raise BadFilm(f"{path}: cannot be read ({_reason(error)})") from error
    return found.hexdigest()
