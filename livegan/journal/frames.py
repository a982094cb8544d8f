"""The frames of a journal: one record of 36 bytes each."""

from __future__ import annotations

import zlib
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


def read_frames(path: Path) -> NDArray[Any]:
    """All frames of a file, of dtype `FRAME`; a record that is cut off at the end is left out."""
    data = path.read_bytes()
    return np.frombuffer(data[: len(data) // FRAME.itemsize * FRAME.itemsize], FRAME)
