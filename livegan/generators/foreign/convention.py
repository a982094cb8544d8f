"""How a network takes and gives pictures: ranges, layout, number format, batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from livegan.generators.card import Card
from livegan.generators.errors import ModelError

ValueRange = tuple[float, float]

RANGES: dict[str, ValueRange] = {"-1..1": (-1.0, 1.0), "0..1": (0.0, 1.0), "0..255": (0.0, 255.0)}
"""What networks take black and white to be, as a card says it."""

LAYOUTS = ("NCHW", "NHWC")
"""Channels first, as in PyTorch, or last, as in TensorFlow."""

LOUDEST = 2.0
"""Values beyond this cannot be a picture of -1..1 that overshoots a little."""


@dataclass(frozen=True)
class Convention:
    """What a foreign network means by a picture.

    Parameters
    ----------
    condition, picture : the values of black and white in what it takes and in what it gives.
    condition_last, picture_last : whether channels come last, (N, H, W, C).
    dtype : numpy's name of the numbers that it takes: float32, float16, uint8, ...
    batch : how many pictures it takes at once; all are the same one.
    """

    condition: ValueRange = (-1.0, 1.0)
    picture: ValueRange = (-1.0, 1.0)
    condition_last: bool = False
    picture_last: bool = False
    dtype: str = "float32"
    batch: int = 1

    def given(self, x: Tensor) -> np.ndarray[Any, Any]:
        """(1, C, H, W) float32 in -1..1 → what the network takes."""
        low, high = self.condition
        if (low, high) != (-1.0, 1.0):
            x = (x + 1.0) * ((high - low) / 2) + low
        if self.batch > 1:
            x = x.expand(self.batch, -1, -1, -1)
        if self.condition_last:
            x = x.permute(0, 2, 3, 1)
        array = x.detach().to("cpu", torch.float32).numpy()
        if np.issubdtype(np.dtype(self.dtype), np.integer):
            array = np.clip(np.rint(array), low, high)
        return np.ascontiguousarray(array, dtype=self.dtype)

    def taken(self, array: np.ndarray[Any, Any]) -> Tensor:
        """What the network gives → (1, C, H, W) float32, -1..1."""
        out = torch.from_numpy(np.asarray(array)).float()[:1]
        if self.picture_last:
            out = out.permute(0, 3, 1, 2)
        low, high = self.picture
        return out if (low, high) == (-1.0, 1.0) else (out - low) * (2 / (high - low)) - 1.0


def said_range(card: Card, key: str) -> ValueRange | None:
    """What a card says a range is; None if it says nothing.

    Raises
    ------
    ModelError
        If it is none of :data:`RANGES`.
    """
    text = card.other.get(key)
    if text is None:
        return None
    if text not in RANGES:
        raise ModelError(f'"{key}" of its card is {text!r}; give one of {", ".join(RANGES)}')
    return RANGES[text]


def said_layout(card: Card) -> str:
    """``"NCHW"``, ``"NHWC"``, or empty if the card says nothing.

    Raises
    ------
    ModelError
        If it says something else.
    """
    text = card.other.get("layout", "")
    if text and text not in LAYOUTS:
        raise ModelError(f'"layout" of its card is {text!r}; give one of {", ".join(LAYOUTS)}')
    return str(text)


def name_of(values: ValueRange) -> str:
    """The nearest of :data:`RANGES` to what a network's last layers can give."""
    if values[1] > LOUDEST:
        return "0..255"
    return "-1..1" if values[0] < -0.3 else "0..1"
