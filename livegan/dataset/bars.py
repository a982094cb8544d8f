"""Black bars around a film's picture: letterbox, pillarbox, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from livegan.files import location

LOOKS = 40
"""Frames that are looked at, evenly spread over a film."""

FEWEST = 3
"""Frames with light that are needed to say anything."""

BLACK = 24
"""Brightest byte of a bar: codings put some noise into black."""

LEAST = 0.02
"""Part of the height or width below which a dark edge is no bar."""

MOST = 0.42
"""Part of the height or width above which a dark side is a dark picture and no bar."""


@dataclass(frozen=True)
class Bars:
    """Parts of a frame, 0..1, that are bars: as it is stored, before it is turned upright."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    def __bool__(self) -> bool:
        return any((self.left, self.top, self.right, self.bottom))

    def __str__(self) -> str:
        names = ("left", "top", "right", "bottom")
        return ", ".join(f"{100 * getattr(self, n):.0f} % {n}" for n in names if getattr(self, n))


def bars_of(path: Path, stream: int) -> Bars:
    """The bars of a film, from key frames all over it; none if there are none, or nothing is seen.

    Parameters
    ----------
    stream : index of its pictures in the file.
    """
    frames: list[npt.NDArray[np.uint8]] = []
    try:
        with av.open(location(path), metadata_errors="ignore") as container:
            video: Any = container.streams[stream]
            length = (container.duration or 0) / av.time_base
            # Packets alone are read, but for a few: no seeking, which not every file can.
            for packet in _spread(container.demux(video), length / LOOKS):
                for frame in packet.decode():
                    frames.append(_luma(frame))
            frames += [_luma(frame) for frame in video.codec_context.decode(None)]
    except (av.FFmpegError, ValueError):
        pass  # said when it is read
    return bars(frames)


def _spread(packets: Any, pause: float) -> Any:
    """Key frames, one every ``pause`` seconds."""
    due = -1e9
    for packet in packets:
        stamp = packet.pts if packet.dts is None else packet.dts
        if not packet.is_keyframe or not packet.size or stamp is None:
            continue
        time = float(stamp * packet.time_base)
        if time >= due:
            due = time + pause
            yield packet


def _luma(frame: Any) -> npt.NDArray[np.uint8]:
    grey: npt.NDArray[np.uint8] = frame.to_ndarray(format="gray")
    # Video writes black as 16, pictures as 0: only what is above it counts.
    low = (
        0 if frame.color_range == 2 or frame.format.name.startswith(("yuvj", "rgb", "gbr")) else 16
    )
    return np.maximum(grey, low) - np.uint8(low)


def bars(frames: Sequence[npt.NDArray[np.uint8]]) -> Bars:
    """The bars that all (H, W) frames of brightness have; those without light say nothing."""
    lit = [frame for frame in frames if np.percentile(frame, 99) > 2 * BLACK]
    if len(lit) < FEWEST or len({frame.shape for frame in lit}) > 1:
        return Bars()
    # A few specks, as of dirt or a channel's logo, do not end a bar.
    rows = np.max([np.percentile(frame, 98, axis=1) for frame in lit], axis=0)
    columns = np.max([np.percentile(frame, 98, axis=0) for frame in lit], axis=0)
    top, bottom = _edges(rows)
    left, right = _edges(columns)
    return Bars(left, top, right, bottom)


def _edges(light: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Parts before and after that are dark."""
    bright = np.flatnonzero(light > BLACK)
    before, after = int(bright[0]), len(light) - 1 - int(bright[-1])
    found = []
    for dark in (before, after):
        part = dark / len(light)
        # One more line, as the edge of the picture is soft.
        found.append((dark + 1) / len(light) if LEAST <= part <= MOST else 0.0)
    return found[0], found[1]
