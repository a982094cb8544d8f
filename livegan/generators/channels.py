"""Pictures of any size and channel count, made to fit a network, and back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from livegan.size import Fit

from .errors import ModelError

LUMA = (0.299, 0.587, 0.114)
"""Rec. 601, with which the pix2pix project makes one channel of three."""


def as_picture(condition: Any) -> Tensor:
    """(C, H, W) float 0..1 from a tensor or array (C, H, W) or (H, W), float or uint8.

    Raises
    ------
    ModelError
        For another shape, or an empty one.
    """
    picture = torch.as_tensor(condition)
    if picture.ndim == 2:
        picture = picture[None]
    if picture.ndim != 3 or not picture.numel():
        raise ModelError(
            f"a condition is (channels, height, width) or (height, width), not "
            f"{tuple(picture.shape)}"
        )
    if picture.dtype == torch.uint8:
        return picture.float() / 255
    return picture if picture.is_floating_point() else picture.float()


def adapt(picture: Tensor, channels: int) -> Tensor:
    """(C, H, W) → (channels, H, W): three to one by luma, one to many by repeating.

    A fourth channel, alpha, is left out; other counts repeat or drop channels in order.
    """
    has = picture.shape[0]
    if has == channels:
        return picture
    if has == 1:
        return picture.expand(channels, -1, -1)
    if channels == 1:
        if has < 3:
            return picture.mean(0, keepdim=True)
        return (luma(picture.dtype, picture.device) * picture[:3]).sum(0, keepdim=True)
    return torch.cat([picture] * -(-channels // has))[:channels]


@lru_cache(maxsize=16)
def luma(dtype: torch.dtype, device: torch.device) -> Tensor:
    """(3, 1, 1) of :data:`LUMA`; kept, for a graphics card would be waited for each time."""
    with torch.inference_mode(False):
        return torch.tensor(LUMA, device=device, dtype=dtype)[:, None, None]


def resize(picture: Tensor, height: int, width: int) -> Tensor:
    """(C, H, W) → (C, height, width): bilinear, averaging over what it shrinks."""
    if picture.shape[1:] == (height, width):
        return picture
    shrinks = height < picture.shape[1] or width < picture.shape[2]
    return F.interpolate(
        picture[None], (height, width), mode="bilinear", align_corners=False, antialias=shrinks
    )[0]


def fitted(picture: Tensor, height: int, width: int, fit: Fit = "cover") -> Tensor:
    """(C, H, W) → (C, height, width) by `fit`, where its shape is another; else resized.

    ``"cover"`` shows its middle, ``"contain"`` all of it on black, ``"stretch"`` distorts it.
    """
    _, high, wide = picture.shape
    if fit == "cover":
        # The largest part of it that has the shape of the place.
        cut_high = min(high, max(1, round(wide * height / width)))
        cut_wide = min(wide, max(1, round(high * width / height)))
        top, left = (high - cut_high) // 2, (wide - cut_wide) // 2
        picture = picture[:, top : top + cut_high, left : left + cut_wide]
    elif fit == "contain":
        inner_high = min(height, max(1, round(high * width / wide)))
        inner_wide = min(width, max(1, round(wide * height / high)))
        if (inner_high, inner_wide) != (height, width):
            whole = picture.new_zeros(picture.shape[0], height, width)
            top, left = (height - inner_high) // 2, (width - inner_wide) // 2
            inner = resize(picture, inner_high, inner_wide)
            whole[:, top : top + inner_high, left : left + inner_wide] = inner
            return whole
    return resize(picture, height, width)


def as_size(size: int | tuple[int, int]) -> tuple[int, int]:
    """(height, width) of `size`, a side or both.

    Raises
    ------
    ModelError
        If it is not one or two positive whole numbers.
    """
    sides = size if isinstance(size, (tuple, list)) else (size, size)
    if len(sides) != 2 or any(int(side) != side or side < 1 for side in sides):
        raise ModelError(f"size={size!r}: give a side, or (height, width), in pixels")
    return int(sides[0]), int(sides[1])
