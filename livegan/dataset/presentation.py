"""When frames are shown, where a container does not say it."""

from __future__ import annotations

import heapq
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
