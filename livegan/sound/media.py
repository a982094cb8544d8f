"""Sound out of media files: any format, any rate, any channels, to 48 kHz stereo float32."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from livegan.files import kind_of, named
from livegan.sound import RATE
from livegan.sound.downmix import to_stereo
from livegan.sound.packets import (
    Chunk,
    Unreadable,
    av_chunks,
    av_duration,
    av_end,
    sndfile_chunks,
    sndfile_duration,
)
from livegan.sound.source import SUFFIXES

Array = NDArray[np.float32]
Note = Callable[[str], None]

BLOCK = RATE // 4
"""Longest block that `open_media` yields, in samples."""

TOLERANCE = 0.03
"""Seconds by which timestamps may differ from the count of samples before they are believed:
containers round them, some to whole milliseconds and some to packets."""

GAP = 30.0
"""Seconds of the longest gap inside a file that is filled; longer ones are broken timestamps."""


SHOWN = 6
"""Names of files that are listed where none is like the one that was asked for."""


class MediaError(Exception):
    """A file that gives no sound: where, why, and what to do, in one line."""


def decode(path: str | Path, on_note: Note | None = None, stream: int | None = None) -> Array:
    """All the sound of a file, (n, 2) float32 at 48 kHz.

    Time 0 is the start of the file as players count it (the earliest stream's): sound that begins
    later than the picture is preceded by silence, and gaps are filled, so it stays in sync.

    Parameters
    ----------
    path : a sound file or a film, in any format of PyAV or libsndfile.
    on_note : handed a line about damage that was played over; logged if None.
    stream : which of several audio streams, counted from 0; by default FFmpeg's choice.

    Raises
    ------
    MediaError
        The file is missing, is no media file, or has no sound.
    """
    blocks = list(open_media(path, on_note=on_note, stream=stream))
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


def open_media(
    path: str | Path,
    start: float = 0.0,
    loop: bool = False,
    on_note: Note | None = None,
    stream: int | None = None,
) -> Iterator[Array]:
    """Blocks of the sound of a file, (n, 2) float32 at 48 kHz with n up to 12000, as needed.

    ``start`` is in seconds; with ``loop`` the file begins again at its start, without a gap,
    for ever; ``stream`` is which of several audio streams, counted from 0. Otherwise as `decode`;
    errors are raised by this call, not by the iteration.
    """
    note = on_note or logging.getLogger("livegan").warning
    noted: set[str] = set()

    def once(text: str) -> None:
        if text not in noted:
            noted.add(text)
            note(text)

    path = named(path)
    check(path)
    first = _once(path, max(0.0, start), once, stream)
    head = next(first, None)
    return _blocks(path, first if head is None else chain([head], first), loop, once, stream)


def until(blocks: Iterator[Array], samples: int) -> Iterator[Array]:
    """The first ``samples`` of blocks of sound; no more than they lie in is read."""
    while samples > 0 and (block := next(blocks, None)) is not None:
        yield block[:samples]
        samples -= len(block)


def duration(path: str | Path) -> float:
    """Seconds of a file, as its header says; `MediaError` as `decode`."""
    path = named(path)
    check(path)
    refusals = []
    for ask in (av_duration, sndfile_duration):
        try:
            return ask(path)
        except Unreadable as refusal:
            refusals.append(str(refusal))
    raise MediaError(f"{path}: no sound in it ({'; '.join(refusals)})")


def ends_at(path: str | Path) -> float:
    """Seconds at which the sound of a file ends, by its packets where its format has no length.

    There, `duration` is a guess. `MediaError` as `decode`.
    """
    path = named(path)
    check(path)
    try:
        return av_end(path)
    except Unreadable:
        return duration(path)


def _blocks(
    path: Path, sound: Iterator[Array], loop: bool, note: Note, stream: int | None
) -> Iterator[Array]:
    empty = 0
    while True:
        count = 0
        for block in sound:
            for begin in range(0, len(block), BLOCK):
                yield block[begin : begin + BLOCK]
            count += len(block)
        empty = 0 if count else empty + 1
        if not loop or empty > 1:
            return
        sound = _once(path, 0.0, note, stream)


def _once(path: Path, start: float, note: Note, stream: int | None) -> Iterator[Array]:
    """The file from ``start`` to its end, by the first library that can read it."""
    refusals = []
    readers: list[Callable[[], Iterator[Chunk]]] = [lambda: av_chunks(path, start, note, stream)]
    if stream is None:  # libsndfile knows one only
        readers.append(lambda: sndfile_chunks(path, start, note))
    for read in readers:
        chunks = read()
        try:
            head = next(chunks, None)
        except Unreadable as refusal:
            refusals.append(str(refusal))
            continue
        if head is not None:
            yield from resampled(in_time(chain([head], chunks), start))
        return
    raise MediaError(f"{path}: no sound in it ({'; '.join(refusals)})")


def in_time(chunks: Iterator[Chunk], start: float) -> Iterator[tuple[int, Array]]:
    """Stereo sound with its rate, from ``start`` on, gaps filled and overlaps cut."""
    clock = start
    began = False
    for chunk in chunks:
        sound, rate = to_stereo(chunk.samples, chunk.channels), chunk.rate
        if chunk.time is not None:
            late = chunk.time - clock
            if (TOLERANCE if began else 0.5 / rate) < late and (late < GAP or not began):
                yield rate, np.zeros((round(late * rate), 2), np.float32)
                clock += late
            elif late < -(TOLERANCE if began else 0.5 / rate):
                drop = min(len(sound), round(-late * rate))
                if began and -late > GAP:
                    drop = 0
                sound = sound[drop:]
        if len(sound):
            began = True
            clock += len(sound) / rate
            yield rate, sound


def resampled(sound: Iterator[tuple[int, Array]]) -> Iterator[Array]:
    """The sound at 48 kHz; the rate may change on the way."""
    stream: soxr.ResampleStream | None = None
    current = RATE
    nothing: Array = np.zeros((0, 2), np.float32)
    for rate, block in sound:
        if rate != current:
            if stream is not None:
                yield stream.resample_chunk(nothing, last=True)
            stream = None if rate == RATE else soxr.ResampleStream(rate, RATE, 2, quality="HQ")
            current = rate
        out = block if stream is None else stream.resample_chunk(np.ascontiguousarray(block))
        if len(out):
            yield out
    if stream is not None:
        out = stream.resample_chunk(nothing, last=True)
        if len(out):
            yield out


def check(path: Path) -> None:
    """`MediaError` with the closest names where there is no such file."""
    if path.is_file():
        return
    if path.is_dir():
        raise MediaError(f"{path}: is a folder; name a file in it")
    if path.exists():
        raise MediaError(f"{path}: is {kind_of(path)}; give a file")
    folder = path.parent
    if not folder.is_dir():
        raise MediaError(f"{path}: there is no folder {folder}")
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    close = difflib.get_close_matches(path.name, names, 3, 0.5)
    close += [name for name in names if Path(name).stem == path.stem and name not in close]
    where = "the working folder" if str(folder) == "." else str(folder)
    sounds = [name for name in names if Path(name).suffix.lower() in SUFFIXES]
    shown = ", ".join(sounds[:SHOWN]) + (", ..." if len(sounds) > SHOWN else "")
    hint = f"{where} has {shown}" if sounds else f"there is no sound file in {where}"
    if close:
        hint = f"did you mean {' or '.join(close)}?"
    raise MediaError(f"{path}: no such file; {hint}")
