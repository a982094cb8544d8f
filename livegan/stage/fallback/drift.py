"""The drift: the last seconds' pictures, slowly zoomed and faded into each other.

Something to look at on a wall while no new picture comes; it never jumps, and never ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from livegan.stage.fallback.letterbox import boxed

Pixels = NDArray[np.uint8]

EVERY = 1.0
"""Seconds between the pictures that are kept."""
KEPT = 8
MOST = 1280 * 1280
"""Pixels of a kept picture; a larger one is thinned out, so that 8 of them stay under 40 MB."""
DARK = 24
"""What a hundredth of the picture must be above (0..255) for it to be worth keeping."""
STEP = 5.0
"""Seconds from one picture to the next."""
CROSS = 2.5
"""Seconds of the cross-fade between them."""
ZOOM = 0.08
"""How much nearer a picture comes while it is seen."""
LONGEST = 640
"""Pixels of the longer side that is drawn: a drift is soft, and the machine has an engine to
start."""
TURN = math.pi * (3 - math.sqrt(5))  # the golden angle: no two pictures in a row go the same way


@dataclass(frozen=True)
class Shot:
    """A picture for a while: the ``count``-th of the drift, over what is below by ``share``."""

    count: int
    share: float
    box: tuple[float, float, float, float]
    """Left, top, right and bottom of the part that is seen, as shares of the picture."""


def shots(seconds: float) -> tuple[Shot, ...]:
    """What is seen ``seconds`` after the drift began: one picture, or two that cross.

    The first begins whole, so that a held picture sets into motion without a jump.
    """
    count, into = divmod(max(0.0, seconds), STEP)
    newest = int(count)
    found = []
    if newest and into < CROSS:
        found.append(Shot(newest - 1, 1.0, _part(newest - 1, STEP + into)))
    share = 1.0 if newest == 0 else min(1.0, into / CROSS)
    found.append(Shot(newest, share * share * (3 - 2 * share), _part(newest, into)))
    return tuple(found)


def _part(count: int, into: float) -> tuple[float, float, float, float]:
    along = into / (STEP + CROSS)
    nearer = along if count % 2 == 0 else 1 - along  # towards it, then away, in turns
    side = 1 / (1 + ZOOM * nearer)
    left = (1 - side) / 2 * (1 + math.cos(count * TURN))
    top = (1 - side) / 2 * (1 + math.sin(count * TURN))
    return left, top, left + side, top + side


def to_and_fro(count: int, length: int) -> int:
    """Which of ``length`` pictures comes as the ``count``-th: 0 1 2 1 0 1 2 ..."""
    if length == 1:
        return 0
    place = count % (2 * length - 2)
    return min(place, 2 * length - 2 - place)


def is_dark(pixels: Pixels) -> bool:
    """Whether a (H, W, 3) picture is black, or as good as."""
    return bool(np.percentile(pixels[::8, ::8], 99) < DARK)


class Album:
    """The last seconds' pictures, one a second."""

    def __init__(self) -> None:
        self.pictures: tuple[Pixels, ...] = ()
        """Newest first; may be read from any thread."""
        self._at = -math.inf

    def take(self, pixels: Pixels, now: float) -> None:
        """A (H, W, 3) picture is shown; it must not be changed afterwards. Black ones are not
        kept."""
        if 0 <= now - self._at < EVERY:
            return
        self._at = now
        if not is_dark(pixels):
            step = math.ceil(math.sqrt(pixels.shape[0] * pixels.shape[1] / MOST))
            newest = pixels if step == 1 else pixels[::step, ::step].copy()
            self.pictures = (newest, *self.pictures)[:KEPT]


def best(pictures: Sequence[Pixels]) -> Pixels | None:
    """The one with most to see, to be kept as a still: where light and dark differ most."""
    return max(pictures, key=lambda p: float(p[::8, ::8].std()), default=None)


class Drift:
    """Draws a drift that began with it."""

    def __init__(self) -> None:
        self._images: dict[int, Image.Image] = {}
        self._size: tuple[int, int] | None = None

    def draw(self, pictures: Sequence[Pixels], seconds: float) -> Pixels:
        """The picture ``seconds`` after the beginning, (H, W, 3) uint8.

        ``pictures`` are those to drift through, newest first; at least one. New ones are taken up
        when their turn comes.
        """
        now = shots(seconds)
        self._images = {
            shot.count: self._images.get(shot.count) or self._image(pictures, shot.count)
            for shot in now
        }
        drawn: Image.Image | None = None
        for shot in now:
            image = self._images[shot.count]
            box = tuple(place * image.size[i % 2] for i, place in enumerate(shot.box))
            seen = image.resize(image.size, Image.Resampling.BILINEAR, box=box)  # type: ignore[arg-type]
            drawn = seen if drawn is None else Image.blend(drawn, seen, shot.share)
        return np.asarray(drawn)

    def _image(self, pictures: Sequence[Pixels], count: int) -> Image.Image:
        image = Image.fromarray(pictures[to_and_fro(count, len(pictures))])
        if self._size is None:
            scale = min(1.0, LONGEST / max(image.size))
            self._size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        return image.resize(self._size, Image.Resampling.BILINEAR)


def blended(below: Pixels, above: Pixels, share: float, stretch: bool = False) -> Pixels:
    """``above`` over ``below`` by a share of 0..1, at the size of ``above``.

    What is below keeps its shape, with black at its sides, unless it is to be stretched.
    """
    height, width, _ = above.shape
    lower = Image.fromarray(boxed(below, (width, height), stretch))
    return np.asarray(Image.blend(lower, Image.fromarray(above), share))
