"""The colours of a picture."""

from __future__ import annotations

from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING

from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS = (0.2126, 0.7152, 0.0722)
"""What red, green and blue give to brightness (ITU-R BT.709)."""


def grey(picture: Tensor) -> Tensor:
    """(1, H, W) brightness of a picture, 0..1."""
    light = picture[0:1] * WEIGHTS[0]
    return light.add_(picture[1:2], alpha=WEIGHTS[1]).add_(picture[2:3], alpha=WEIGHTS[2])


def hue(
    picture: Tensor, *, turn: float = param(0.33, doc="around the circle of colours", unit="turns")
) -> Tensor:
    """Turn all colours around the colour circle; 1 is a full turn and changes nothing."""
    angle = 2 * pi * (turn % 1.0)
    same = cos(angle) + (1 - cos(angle)) / 3
    after = (1 - cos(angle)) / 3 - sqrt(1 / 3) * sin(angle)
    before = (1 - cos(angle)) / 3 + sqrt(1 / 3) * sin(angle)
    turned = picture * same
    turned.add_(picture.roll(1, 0), alpha=before)
    turned.add_(picture.roll(2, 0), alpha=after)
    return turned.clamp_(0, 1)


def saturation(
    picture: Tensor,
    *,
    amount: float = param(2.0, 0.0, 4.0, "0 is grey, 1 changes nothing"),
) -> Tensor:
    """Make the picture more or less colourful."""
    return grey(picture).lerp(picture, amount).clamp_(0, 1)


def contrast(
    picture: Tensor,
    *,
    amount: float = param(1.6, 0.0, 8.0, "0 is flat grey, 1 changes nothing"),
) -> Tensor:
    """More or less contrast, around middle grey."""
    return (picture * amount).add_(0.5 - 0.5 * amount).clamp_(0, 1)


def brightness(
    picture: Tensor, *, amount: float = param(0.3, -1.0, 1.0, "-1 is black, 1 is white")
) -> Tensor:
    """Make the whole picture brighter or darker."""
    return (picture + amount).clamp_(0, 1)


def invert(picture: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "1 is the negative")) -> Tensor:
    """The negative."""
    return (picture * (1 - 2 * amount)).add_(amount).clamp_(0, 1)


def luma(
    picture: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "how much colour to remove")
) -> Tensor:
    """The picture in greys, as bright as its colours look to the eye."""
    return picture.lerp(grey(picture), amount)


def threshold(
    picture: Tensor,
    *,
    level: float = param(0.5, 0.0, 1.0, "brightness between black and white"),
    soft: float = param(0.1, 0.0, 1.0, "width of the greys between"),
) -> Tensor:
    """Black where the picture is dark, white where it is bright."""
    width = max(soft, 1e-3)
    step = ((grey(picture) - level) / width).add_(0.5).clamp_(0, 1)
    return (step * step).mul_(3 - 2 * step).expand_as(picture).clone()


def posterize(
    picture: Tensor, *, steps: float = param(4.0, 2.0, 64.0, "levels of each colour")
) -> Tensor:
    """Few levels of each colour, with hard edges between them."""
    levels = max(round(steps), 2)
    return (picture * levels).floor_().clamp_(0, levels - 1).div_(levels - 1)


def tint(
    picture: Tensor,
    *,
    hue: float = param(0.6, doc="0 red, 1/3 green, 2/3 blue, 1 red again", unit="turns"),
    amount: float = param(1.0, 0.0, 1.0, "how much of the original colours to replace"),
) -> Tensor:
    """The picture in shades of one hue: black, the hue, white."""
    light = grey(picture)
    channels = []
    for channel in range(3):
        strength = 0.5 + 0.5 * cos(2 * pi * (hue - channel / 3))
        # Quadratic through black at 0, the hue at half and white at 1.
        curve = 2 - 4 * strength
        channels.append((light * curve).add_(1 - curve).mul_(light))
    toned = picture.new_empty(picture.shape)
    for channel, values in enumerate(channels):
        toned[channel] = values[0]
    return picture.lerp(toned, amount).clamp_(0, 1)
