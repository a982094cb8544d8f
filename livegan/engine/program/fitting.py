"""Temporary."""

from __future__ import annotations

import torch
from torch import Tensor

from livegan.generators.channels import resize


def fitted(picture: Tensor, height: int, width: int, fit: str = "cover") -> Tensor:
    """(C, H, W) to (C, height, width) by `fit`."""
    _, high, wide = picture.shape
    if fit == "cover":
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
            inner: torch.Tensor = resize(picture, inner_high, inner_wide)
            whole[:, top : top + inner_high, left : left + inner_wide] = inner
            return whole
    return resize(picture, height, width)
