"""When frames are shown, where a container does not say it."""

from __future__ import annotations

import heapq
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from livegan.files import location

UNTIMED = frozenset({"avi"})
"""Formats, by FFmpeg's names, that number packets in the order of decoding and say no more."""

TIMED = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "mpegts", "mpeg"})
"""Formats that say of each frame when it is shown."""

LOOKED_AT = 60
"""Frames that are decoded to find out whether a file says it."""


ENCODER_DELAY = {
    "aac": 1024,
    "ac3": 256,
    "mp2": 481,
    "mp2float": 481,
    "mp3": 1105,
    "mp3float": 1105,
}
"""Samples of silence that an encoder, and the decoder of MP3, put before the sound.  Containers
with timestamps say so; those in `UNTIMED` cannot, so their sound is late."""


class DecodingOrder:
    """Times of frames from the times of packets that are in the order of decoding.

    A decoder hands out frames in the order in which they are shown, so the earliest time of a
    packet that no frame has had yet is the time of the next frame.  A packet that was damaged
    leaves its time behind; at a key frame what is left from before it is dropped, for no frame
    before a key frame is shown after it.
    """

    def __init__(self) -> None:
        self._times: list[int] = []

    def sent(self, packet: Any) -> None:
        """A packet goes to the decoder; it is given its own time, by which its frame is known."""
        stamp = packet.pts if packet.dts is None else packet.dts
        if stamp is not None:
            packet.pts = stamp
            heapq.heappush(self._times, stamp)

    def time(self, frame: Any) -> Any:
        """The time of the next frame, in units of its time base; its own where nothing is left."""
        while frame.key_frame and self._times and frame.pts and self._times[0] < frame.pts:
            heapq.heappop(self._times)
        return heapq.heappop(self._times) if self._times else frame.pts


def in_decoding_order(path: Path, form: str, stream: int) -> bool:
    """Whether the times in a file are those of decoding, and not of showing.

    Parameters
    ----------
    form : FFmpeg's name of its format.
    stream : index of its pictures in the file.
    """
    if form in UNTIMED or form in TIMED:
        return form in UNTIMED
    times: list[int] = []
    try:
        # Frames that are decoded here would be missing where the film is read.
        with av.open(location(path), metadata_errors="ignore") as container:
            for frame in container.decode(container.streams[stream]):
                if frame.pts is not None:
                    times.append(frame.pts)
                if len(times) >= LOOKED_AT:
                    break
    except (av.FFmpegError, ValueError):
        pass  # said when it is read
    # Several steps back: one alone is where timestamps start over.
    return sum(after < before for before, after in pairwise(times)) >= 2


def moving(path: Path, indices: list[int]) -> list[int]:
    """Those of a file's streams of pictures that are films: a cover or a slide is one packet."""
    counts = dict.fromkeys(indices, 0)
    try:
        with av.open(location(path), metadata_errors="ignore") as container:
            for number, packet in enumerate(
                container.demux([container.streams[i] for i in indices])
            ):
                if packet.size:
                    counts[packet.stream.index] += 1
                if number > LOOKED_AT * len(indices):
                    break
    except (av.FFmpegError, ValueError):
        pass
    return [index for index, count in counts.items() if count > 1]


def edit_offset(path: Path, form: str, stream: int, frame: float) -> float:
    """Seconds by which FFmpeg gives the pictures of an edited QuickTime file too early.

    An edit list may begin within a frame, as after a cut without encoding.  FFmpeg leaves out what
    is shown of that frame and moves the next one to the beginning; without the part of it that
    reads edit lists packet by packet it keeps their times.  The sound is cut where it should be.

    Parameters
    ----------
    form : FFmpeg's name of the format.
    frame : seconds that a frame is shown; the offset is shorter.
    """
    if "mov" not in form.split(","):
        return 0.0
    try:
        edited = _packets(path, stream, {})
        found = _packets(path, stream, {"advanced_editlist": "0"}, min(edited.values(), default=0))
    except (av.FFmpegError, ValueError):
        return 0.0  # said when it is read
    both = edited.keys() & found.keys()
    if not both:
        return 0.0
    offset = float(found[min(both)] - edited[min(both)])
    return offset if 0 < offset < frame else 0.0


def _packets(
    path: Path, stream: int, options: dict[str, str], start: Fraction | int = 0
) -> dict[int, Fraction]:
    """Times in seconds of the first packets from about ``start``, by their place in the file."""
    times: dict[int, Fraction] = {}
    with av.open(location(path), options=options, metadata_errors="ignore") as container:
        if start > 0:
            container.seek(int(start * av.time_base))
        for packet in container.demux(container.streams[stream]):
            if packet.pos is not None and packet.pts is not None:
                times[packet.pos] = packet.pts * packet.time_base
            if len(times) >= LOOKED_AT:
                break
    return times


def late_sound(form: str, codec: str, rate: int) -> float:
    """Seconds by which the sound of a file without timestamps is late: its encoder's delay."""
    return ENCODER_DELAY.get(codec, 0) / rate if form in UNTIMED and rate else 0.0
