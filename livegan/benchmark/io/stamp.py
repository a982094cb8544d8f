"""A picture that says when it was drawn: squares that survive scaling, JPEG, H.264 and 4:2:2."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from livegan.picture_sources.source import Pixels

COLUMNS, ROWS = 8, 7
SHARE = 32
"""A square is this part of the picture's width, and of its height."""
NUMBER, TIME, CHECK = 16, 32, 8  # bits of each
UNIT = 1e-4  # seconds that the time counts in
GROUNDS = 8


@dataclass(frozen=True)
class FrameStamp:
    """What a picture says: which one it is, and when it was drawn, in seconds of `clock`."""

    number: int
    at: float

    @property
    def bits(self) -> list[int]:
        """The squares, row by row; the last eight are a checksum."""
        data = self.number % 2**NUMBER << TIME | round(self.at / UNIT) % 2**TIME
        whole = data << CHECK | _check(data)
        return [whole >> place & 1 for place in reversed(range(NUMBER + TIME + CHECK))]


def clock() -> float:
    """Seconds that all processes of this machine agree on, from 0 to five days, then again."""
    return math.fmod(time.monotonic(), 2**TIME * UNIT)


def _check(data: int) -> int:
    return sum(data.to_bytes(6, "big")) * 37 + 11 & 0xFF


def grounds(height: int, width: int) -> list[Pixels]:
    """Moving pictures to stamp, so that a codec has to work: smooth colours and a grain."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(height, width)
    grain = rng.integers(-2, 3, (height, width), np.int16)
    made = []
    for turn in range(GROUNDS):
        angle = 2 * np.pi * turn / GROUNDS
        planes = [
            128 + 90 * np.sin(9 * x + 5 * y * place + angle + place) + np.roll(grain, turn * 7, 1)
            for place in (1, 2, 3)
        ]
        made.append(np.stack(planes, 2).clip(0, 255).astype(np.uint8))
    return made


def stamp(picture: Pixels, said: FrameStamp) -> None:
    """Draw the squares into the upper left of a (H, W, 3 or 4) picture."""
    high, wide = picture.shape[0] // SHARE, picture.shape[1] // SHARE
    squares = np.array(said.bits, np.uint8).reshape(ROWS, COLUMNS) * 255
    area = picture[: ROWS * high, : COLUMNS * wide, :3]
    area[:] = np.repeat(np.repeat(squares, high, 0), wide, 1)[..., None]


def read(picture: Pixels) -> FrameStamp | None:
    """What a (H, W, channels) picture of any size says; None if it is not whole or not ours."""
    height, width = picture.shape[:2]
    high, wide = height / SHARE, width / SHARE
    if min(high, wide) < 2:
        return None
    data = 0
    for row in range(ROWS):
        top, low = int((row + 0.35) * high), int((row + 0.65) * high) + 1
        for column in range(COLUMNS):
            left, right = int((column + 0.35) * wide), int((column + 0.65) * wide) + 1
            data = data << 1 | int(picture[top:low, left:right, :3].mean() > 127)
    said, check = data >> CHECK, data & 2**CHECK - 1
    if _check(said) != check:
        return None
    return FrameStamp(said >> TIME, (said & 2**TIME - 1) * UNIT)
