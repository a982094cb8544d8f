"""A warp: where each pixel of a window finds its own in the picture. Computed once for a trim.

The picture's corners go to four points by the projective map of a square to a quadrilateral
(Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.stage.overlay.text import PixelSize
from livegan.stage.window.trim import Point, Points, Trim

Numbers = NDArray[np.floating[Any]]
MESH = 16
"""Quadrilaterals in a row and in a column that a graphics card is given."""


@dataclass(frozen=True)
class Warp:
    """A trim for pictures and windows of one size, (width, height) in pixels each."""

    trim: Trim
    corners: tuple[Point, Point, Point, Point]
    """In pixels of the window, clockwise from the top left of what is seen."""
    window: PixelSize

    @property
    def square_to_window(self) -> Numbers:
        """(3, 3): from the unit square of what is seen to pixels of the window."""
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.corners
        dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
        dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
        det = dx1 * dy2 - dx2 * dy1
        g, h = (sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det
        return np.array(
            [
                [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
                [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
                [g, h, 1.0],
            ]
        )

    def source(self, s: Numbers, t: Numbers) -> tuple[Numbers, Numbers]:
        """Places 0..1 in the picture, of places in what is seen: without rotation and flip."""
        if self.trim.flip in ("horizontal", "both"):
            s = 1 - s
        if self.trim.flip in ("vertical", "both"):
            t = 1 - t
        return {
            0: (s, t),
            90: (t, 1 - s),
            180: (1 - s, 1 - t),
            270: (1 - t, s),
        }[self.trim.rotation]

    def mesh(self) -> list[tuple[Point, ...]]:
        """Quadrilaterals for a renderer: four points of the window each, then the four places of
        the picture, 0..1, that lie there. Small ones, for a renderer bends no straight line."""
        side = np.linspace(0, 1, MESH + 1)
        s, t = np.meshgrid(side, side)
        x, y = projected(self.square_to_window, s, t)
        u, v = self.source(s, t)
        quads = []
        for row in range(MESH):
            for column in range(MESH):
                around = ((0, 0), (0, 1), (1, 1), (1, 0))
                at = [(row + down, column + right) for down, right in around]
                where = [(float(x[p]), float(y[p])) for p in at]
                quads.append((*where, *((float(u[p]), float(v[p])) for p in at)))
        return quads

    @property
    def sharp(self) -> PixelSize:
        """The size that a picture is to be scaled to before single pixels are taken of it: as
        large as it is seen."""
        a, b, c, d = self.corners
        wide = min(max(math.dist(a, b), math.dist(d, c)), 2 * self.window[0])
        high = min(max(math.dist(a, d), math.dist(b, c)), 2 * self.window[1])
        return seen_size(self.trim, (max(1, round(wide)), max(1, round(high))))

    def index(self, picture: PixelSize) -> NDArray[np.intp]:
        """(H, W) of the window: the number of the pixel of a picture (width, height), which may be
        scaled beforehand; width times height where there is none, or the mask is."""
        width, height = picture
        columns, rows = np.meshgrid(
            np.arange(self.window[0]) + 0.5, np.arange(self.window[1]) + 0.5, copy=False
        )
        s, t = projected(np.linalg.inv(self.square_to_window), columns, rows)
        inside = (s >= 0) & (s < 1) & (t >= 0) & (t < 1)
        if self.trim.mask:
            inside &= within(self.trim.mask, columns / self.window[0], rows / self.window[1])
        u, v = self.source(s, t)
        column = np.clip(u * width, 0, width - 1).astype(np.intp)
        row = np.clip(v * height, 0, height - 1).astype(np.intp)
        return np.where(inside, row * width + column, width * height)


def fitted(picture: PixelSize, window: PixelSize, fill: bool = False) -> tuple[int, int, int, int]:
    """(x, y, width, height) of a picture in a window: as large as fits, aspect kept, centred."""
    if fill:
        return 0, 0, window[0], window[1]
    scale = min(window[0] / picture[0], window[1] / picture[1])
    width = max(1, min(window[0], round(picture[0] * scale)))
    height = max(1, min(window[1], round(picture[1] * scale)))
    return (window[0] - width) // 2, (window[1] - height) // 2, width, height


def warp_of(trim: Trim, picture: PixelSize, window: PixelSize, fill: bool = False) -> Warp:
    """The warp of a trim; ``fill`` is of a picture that has no shape of its own."""
    if trim.corners:
        a, b, c, d = ((x * window[0], y * window[1]) for x, y in trim.corners)
        return Warp(trim, (a, b, c, d), window)
    x, y, wide, high = fitted(seen_size(trim, picture), window, fill)
    return Warp(trim, ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high)), window)


def seen_size(trim: Trim, picture: PixelSize) -> PixelSize:
    """Width and height of a picture once it is rotated."""
    return (picture[1], picture[0]) if trim.rotation in (90, 270) else picture


def projected(matrix: Numbers, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Points by a projective map. It is one to one, so what lies behind the viewer cannot fall
    into what is seen."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
        left = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w
        down = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w
    return np.nan_to_num(left, nan=-1.0), np.nan_to_num(down, nan=-1.0)


def within(polygon: Points, x: Numbers, y: Numbers) -> NDArray[np.bool_]:
    """Which points lie inside of a polygon, by the even-odd rule."""
    inside = np.zeros(np.shape(x), bool)
    for i, (bx, by) in enumerate(polygon):
        ax, ay = polygon[i - 1]
        if ay == by:
            continue
        crosses = (y < ay) != (y < by)
        inside ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside
