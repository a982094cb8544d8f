"""How a decoded frame of a film or camera is turned to be shown upright."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import Type

Matrix = tuple[int, int, int, int]
Pixels = npt.NDArray[np.uint8]


def display_matrix(frame: Any) -> Matrix:
    """How a frame is turned to be shown: x' = a x + c y, y' = b x + d y, as (a, b, c, d)."""
    found = frame.side_data.get(Type.DISPLAYMATRIX)
    if found is None:
        return 1, 0, 0, 1
    matrix = np.frombuffer(bytes(found), np.int32)
    return int(matrix[0]), int(matrix[1]), int(matrix[3]), int(matrix[4])


def lies(matrix: Matrix) -> bool:
    """Whether it turns a frame by a quarter: its rows are columns when it is shown."""
    a, b, c, d = matrix
    return abs(a) + abs(d) < abs(b) + abs(c)


def upright(picture: Pixels, matrix: Matrix) -> Pixels:
    """(H, W, C) turned and mirrored by the nearest multiple of a quarter turn."""
    a, b, c, d = matrix
    if lies(matrix):
        picture = picture.transpose(1, 0, 2)
        across, down = c, b
    else:
        across, down = a, d
    return picture[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1]
