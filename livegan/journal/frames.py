"""The frames of a journal: one record of 36 bytes each."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME = np.dtype(
    [
        ("begun", "<i8"),
        ("position", "<i8"),
        ("version", "<i4"),
        ("solo", "<i4"),
        ("fps", "<f4"),
        ("print", "<u4"),
        ("height", "<u2"),
        ("width", "<u2"),
    ]
)
"""``begun``: how many frames this engine had begun, itself included. ``position``: sample of the
show's sound. ``version``: of the program. ``solo``: the slot that is shown alone, -1 for none.
``print``: `fingerprint` of the picture, which has ``height`` and ``width``."""
ROWS = 8
"""Of so many rows of a picture, one is part of its fingerprint: a twentieth of a millisecond."""
LATEST = 1 << 44
"""Samples; no show lasts for a decade."""
MISSED = 1 << 24
"""No engine begins so many frames of which none is drawn."""


def fingerprint(pixels: NDArray[np.uint8]) -> int:
    """A CRC of every eighth row of (H, W, 3) bytes: two pictures that differ rarely share it."""
    return zlib.crc32(np.ascontiguousarray(pixels[::ROWS]).data)


def record(
    begun: int, position: int, version: int, solo: int | None, fps: float, pixels: Any
) -> bytes:
    """The bytes of one frame."""
    height, width = pixels.shape[:2]
    alone = -1 if solo is None else solo
    shown = fingerprint(pixels)
    row = np.array([(begun, position, version, alone, fps, shown, height, width)], FRAME)
    return row.tobytes()


def read_frames(path: Path, note: Callable[[str], None]) -> NDArray[Any]:
    """All frames of a file, of dtype `FRAME`; a record that is cut off at the end is left out.

    Where the file is damaged, records are left out until one follows on those before it; a line is
    noted.
    """
    data = path.read_bytes()
    size = FRAME.itemsize
    frames = np.frombuffer(data[: len(data) // size * size], FRAME)
    wrong = np.flatnonzero(~follows(frames))
    if not len(wrong):
        return frames
    found = [frames[: wrong[0]]]
    last, at = frames[: wrong[0]][-1:], int(wrong[0]) * size
    while at + size <= len(data):
        rest = np.frombuffer(data[at : at + (len(data) - at) // size * size], FRAME)
        good = follows(np.concatenate([last, rest]))[len(last) :]
        count = int(np.argmin(good)) if not good.all() else len(good)
        if not count:
            at += 1
            continue
        found.append(rest[:count])
        last, at = rest[count - 1 : count], at + count * size
    whole = np.concatenate(found)
    note(f"{path}: damaged; {len(data) // size - len(whole)} frames of it are left out")
    return whole


def follows(frames: NDArray[Any]) -> NDArray[np.bool_]:
    """Which records can be frames that come after those before them, (n,) bool."""
    fps = frames["fps"]
    good = (frames["height"] > 0) & (frames["width"] > 0) & (frames["version"] >= 0)
    good &= np.isfinite(fps) & (fps > 0) & (fps < 1000) & (frames["solo"] >= -1)
    good &= (frames["position"] >= 0) & (frames["position"] < LATEST) & (frames["begun"] > 0)
    more = np.diff(frames["begun"])
    good[1:] &= (more > 0) & (more < MISSED) & (np.diff(frames["position"]) >= 0)
    return good
