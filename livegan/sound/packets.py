"""Sound as the two libraries that read media files hand it out: PyAV and soundfile."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.files import location
from livegan.sound.long_wav import longer_than_it_says

Array = NDArray[np.float32]

NEAR = 60.0
"""Seconds up to which a start is reached by decoding, to the sample; later ones by seeking."""

GUESSING = ("aac", "ac3", "eac3", "loas", "mp3", "mpeg", "mpegts")
"""Formats without a length, for which FFmpeg divides the size of the file by the rate of its
beginning."""

LOUDEST = 16.0
"""Largest sample: float files may go over 1, damaged ones go anywhere."""


class Unreadable(Exception):
    """What a library says about a file it cannot read."""


@dataclass(frozen=True)
class Chunk:
    """Some sound of a file: (n, c) float32, its rate, when it begins (if known), its channels."""

    samples: Array
    rate: int
    time: float | None
    channels: tuple[str, ...] = ()


def av_chunks(
    path: Path, start: float, note: Callable[[str], None], number: int | None = None
) -> Iterator[Chunk]:
    """The sound of ``path`` through PyAV, from somewhat before ``start`` seconds.

    ``number`` is which of several audio streams, counted from 0; by default FFmpeg's choice.
    """
    import av

    with _av_open(path) as container:
        stream = _av_sound(container, number)
        zero = (container.start_time or 0) / av.time_base
        if start > NEAR:
            container.seek(round((zero + start - 1.0) * av.time_base))
        damaged = 0
        end = start if start > NEAR else 0.0
        broken: Exception | None = None
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
            except av.FFmpegError as error:
                broken = error
                break
            try:
                frames = packet.decode()
            except av.FFmpegError:
                damaged += 1
                continue
            for frame in frames:
                time = end if frame.pts is None else float(frame.pts * frame.time_base) - zero
                names = tuple(channel.name for channel in frame.layout.channels)
                samples = floats(frame)
                end = time + len(samples) / frame.sample_rate
                yield Chunk(samples, frame.sample_rate, time, names)
        said = (container.duration or 0) / av.time_base
    if end == 0.0 and start <= 0 and (damaged or broken):
        raise Unreadable(f"PyAV: {broken or 'every packet is damaged'}")
    if broken is not None or _cut_riff(path) or (said > 0 and end < said - max(1.0, 0.02 * said)):
        whole = f" of {said:.1f}" if said > end else ""
        note(f"{path.name}: is cut off; plays {end:.1f}{whole} s")
    elif damaged:
        note(f"{path.name}: {damaged} damaged packets were left out")


def av_duration(path: Path) -> float:
    """Seconds of ``path`` by its header, or by decoding it where the header does not say."""
    import av

    with _av_open(path) as container:
        stream = _av_sound(container)
        if container.duration:
            return float(container.duration / av.time_base)
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        if stream.codec_context.name.startswith("pcm") and stream.bit_rate:
            return 8.0 * path.stat().st_size / float(stream.bit_rate)
        frames: Iterator[Any] = container.decode(stream)
        return float(sum(frame.samples / frame.sample_rate for frame in frames))


def av_end(path: Path) -> float:
    """Seconds at which the sound of ``path`` ends: of what only guesses that, by its packets."""
    import av

    with _av_open(path) as container:
        stream = _av_sound(container)
        if container.format.name not in GUESSING:
            return av_duration(path)
        zero = (container.start_time or 0) / av.time_base
        end = count = 0.0
        try:
            for packet in container.demux(stream):
                length = float((packet.duration or 0) * packet.time_base) if packet.time_base else 0
                count += length
                if packet.pts is not None:
                    end = max(end, float(packet.pts * packet.time_base) - zero + length)
        except av.FFmpegError:
            pass  # it is cut off: what was read up to there counts
        return end or count


def sndfile_chunks(path: Path, start: float, note: Callable[[str], None]) -> Iterator[Chunk]:
    """The sound of ``path`` through libsndfile, from ``start`` seconds."""
    with _sndfile_open(path) as file:
        count = 0
        try:
            if start > 0:
                file.seek(min(file.frames, round(start * file.samplerate)))
            while True:
                samples = file.read(file.samplerate, dtype="float32", always_2d=True)
                if not len(samples):
                    return
                count += len(samples)
                yield Chunk(_bounded(samples), file.samplerate, None)
        except RuntimeError as error:
            if not count:
                raise Unreadable(f"libsndfile: {error}") from None
            note(f"{path.name}: is cut off; plays {start + count / file.samplerate:.1f} s")


def sndfile_duration(path: Path) -> float:
    """Seconds of ``path`` through libsndfile."""
    with _sndfile_open(path) as file:
        return float(file.frames / file.samplerate)


def _av_open(path: Path) -> Any:
    import av

    try:
        long = longer_than_it_says(path)
        return av.open(long or location(path), metadata_errors="ignore")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Unreadable(f"PyAV: {getattr(error, 'strerror', None) or error}") from None


def _cut_riff(path: Path) -> bool:
    """Whether a WAV file is shorter than it says; FFmpeg takes the file's size for the truth."""
    with path.open("rb") as file:
        head = file.read(8)
    said = int.from_bytes(head[4:8], "little")
    # 0 and the largest number are written by recorders that do not know yet.
    return head[:4] == b"RIFF" and said < 0xFFFFFFFF and said + 8 > path.stat().st_size


def _av_sound(container: Any, number: int | None = None) -> Any:
    stream = container.streams.best("audio")
    if number is not None:
        streams = [stream for stream in container.streams if stream.type == "audio"]
        if not 0 <= number < len(streams):
            count = len(streams)
            raise Unreadable(f"PyAV: no audio stream {number}; it has {count}, counted from 0")
        stream = streams[number]
    if stream is None:
        kinds = sorted({stream.type for stream in container.streams})
        if "audio" in kinds:
            raise Unreadable("PyAV: its audio is in a coding that is unknown or damaged")
        raise Unreadable(f"PyAV: no audio stream, only {' and '.join(kinds) or 'an empty shell'}")
    stream.thread_type = "AUTO"
    return stream


def floats(frame: Any) -> Array:
    """(n, c) float32 in -1..1 of a decoded frame of any sample format."""
    data = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, len(frame.layout.channels)).T
    if data.dtype == np.uint8:
        out = (data.astype(np.float32) - 128) / 128
    elif data.dtype.kind == "i":
        out = data.astype(np.float64) / -float(np.iinfo(data.dtype).min)
    else:
        out = data
    return _bounded(out.T.astype(np.float32))


def _bounded(samples: Array) -> Array:
    # A broken file must not put infinity into everything that follows.
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(finite, -LOUDEST, LOUDEST)


def _sndfile_open(path: Path) -> Any:
    try:
        soundfile: Any = importlib.import_module("soundfile")
    except (ImportError, OSError):
        raise Unreadable("libsndfile: not installed, `pip install soundfile` to try it") from None
    try:
        return soundfile.SoundFile(str(path))
    except (RuntimeError, OSError) as error:
        raise Unreadable(f"libsndfile: {error}") from None
