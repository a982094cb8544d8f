"""Two pictures become one, pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livegan.builtin.mixers.colour import grey
from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor


def mix(
    picture: Tensor,
    other: Tensor,
    *,
    amount: float = param(0.5, 0.0, 1.0, "0 is the first picture, 1 the other"),
) -> Tensor:
    """A crossfade from one picture to the other."""
    return picture.lerp(other, amount)


def add(
    picture: Tensor, other: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "of the other")
) -> Tensor:
    """The sum of both pictures, limited to white."""
    return picture.add(other, alpha=amount).clamp_(0, 1)


def multiply(
    picture: Tensor, other: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "how far it goes")
) -> Tensor:
    """The product of both pictures: dark where either is dark."""
    return picture.addcmul(picture, other - 1, value=amount).clamp_(0, 1)


def screen(
    picture: Tensor, other: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "of the other")
) -> Tensor:
    """Both pictures like two projectors on one wall: bright where either is bright."""
    return picture.addcmul(other, 1 - picture, value=amount).clamp_(0, 1)


def difference(
    picture: Tensor, other: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "how far it goes")
) -> Tensor:
    """The difference of both pictures: black where they are equal."""
    return picture.lerp((picture - other).abs_(), amount)


def lighten(
    picture: Tensor, other: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "how far it goes")
) -> Tensor:
    """The brighter of the two, in each colour."""
    return picture.lerp(picture.maximum(other), amount)


def darken(
    picture: Tensor, other: Tensor, *, amount: float = param(1.0, 0.0, 1.0, "how far it goes")
) -> Tensor:
    """The darker of the two, in each colour."""
    return picture.lerp(picture.minimum(other), amount)


def mask(
    picture: Tensor,
    other: Tensor,
    by: Tensor | None = None,
    *,
    low: float = param(0.0, 0.0, 1.0, "brightness of the mask up to which the first picture shows"),
    high: float = param(1.0, 0.0, 1.0, "brightness of the mask from which the other picture shows"),
    swap: bool = param(False, doc="swap bright and dark"),
) -> Tensor:
    """The other picture where the mask ``by`` is bright, the first where it is dark.

    With two pictures, the second is the mask: the first shows where the mask is bright.
    """
    cover = grey(other if by is None else by)
    cover = ((cover - low) / max(high - low, 1e-3)).clamp_(0, 1)
    if swap:
        cover = 1 - cover
    return picture * cover if by is None else picture.lerp(other, cover)
