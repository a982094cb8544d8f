"""Pictures of any size and channel count, made to fit a network, and back."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

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
        weights = torch.tensor(LUMA, device=picture.device, dtype=picture.dtype)
        return (weights[:, None, None] * picture[:3]).sum(0, keepdim=True)
    return picture[[i % has for i in range(channels)]]


def resize(picture: Tensor, height: int, width: int) -> Tensor:
    """(C, H, W) → (C, height, width): bilinear, averaging over what it shrinks."""
    if picture.shape[1:] == (height, width):
        return picture
    shrinks = height < picture.shape[1] or width < picture.shape[2]
    return F.interpolate(
        picture[None], (height, width), mode="bilinear", align_corners=False, antialias=shrinks
    )[0]


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
