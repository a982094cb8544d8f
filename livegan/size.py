"""The size of a picture: one type, read and written in one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from typing import Any, Literal, NamedTuple

Fit = Literal["cover", "contain", "stretch"]
FITS: tuple[Fit, ...] = ("cover", "contain", "stretch")
"""How a picture meets a place of another shape: it fills the place and what stands out is cut
off; all of it is seen, on black; or it is distorted."""

LONGEST_SIDE = 8192
MOST_PIXELS = 4096 * 4096
WRITTEN = re.compile(r"\s*(\d+)\s*(?:[x×]\s*(\d+)\s*)?", re.IGNORECASE)
HOW = "a number for a square, or width and height: 1280x720"


class Size(NamedTuple):
    """Height and width in pixels, in the order of an array's shape.

    People write width and height: ``512`` for a square, ``1280x720``, or ``(1280, 720)``; `read`
    takes all of them, ``str`` gives the second.  A size of no pixels is false: it stands for "what
    somebody else says".
    """

    height: int
    width: int

    def __bool__(self) -> bool:
        return self.height > 0 and self.width > 0

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"

    @classmethod
    def square(cls, side: int) -> Size:
        """As high as wide."""
        return cls(side, side)

    @classmethod
    def read(cls, value: Any) -> Size:
        """The size that somebody wrote: 512, "512", "1280x720", (1280, 720); a `Size` as it is.

        0 is the size of no pixels.

        Raises
        ------
        ValueError
            In one line, if it is none, or larger than 8192 pixels along a side or 4096x4096 in
            all.
        """
        if isinstance(value, Size):
            return value
        sides: list[Any] = []
        if isinstance(value, str):
            found = WRITTEN.fullmatch(value)
            sides = [int(side) for side in found.groups() if side] if found else []
        elif isinstance(value, Sequence):
            sides = list(value)
        else:
            sides = [value]
        whole = [_whole(side) for side in sides]
        if len(whole) not in (1, 2) or None in whole:
            raise ValueError(f"{value!r} is no size: write {HOW}")
        width, height = (side or 0 for side in (whole[0], whole[-1]))
        if (width, height) == (0, 0) and len(whole) == 1:
            return UNSAID
        if width < 1 or height < 1:
            raise ValueError(f"a picture of {width}x{height} has no pixels: write {HOW}")
        if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
            most = f"{LONGEST_SIDE} along a side and 4096x4096 in all are the most"
            raise ValueError(f"{width}x{height} pixels are too many: {most}")
        return cls(height, width)

    @property
    def plain(self) -> int | str:
        """In a file, as people write it: a number for a square, else "1280x720"."""
        return self.width if self.width == self.height else str(self)

    @property
    def pixels(self) -> int:
        """How many."""
        return self.height * self.width

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def shaped_like(self, other: Size) -> Size:
        """As many pixels in the shape of another; itself if it has that shape."""
        if self.height * other.width == self.width * other.height:
            return self
        height = sqrt(self.pixels / other.aspect)
        return Size(max(1, round(height)), max(1, round(height * other.aspect)))

    def scaled(self, height: int) -> Size:
        """In the same shape, so many pixels high."""
        return Size(height, max(1, round(Fraction(self.width * height, self.height))))


UNSAID = Size(0, 0)
"""What somebody else says: the set, the card, the show."""

Written = Size | int | str | Sequence[int]
"""A size as people write it: what `Size.read` takes."""


def _whole(side: Any) -> int | None:
    """A whole number that is not negative, else None."""
    try:
        return int(side) if int(side) == side >= 0 and not isinstance(side, bool) else None
    except (TypeError, ValueError, OverflowError):
        return None
