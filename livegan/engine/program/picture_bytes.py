"""Pictures as numbers that are shown and written: bytes, or words of 16 bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from livegan.engine.program.graphics_card.arriving import Arriving
from livegan.generators.device import works_alone

BLOCK = 32_768
"""Pixels that are rounded together: they stay in the cache of a core."""


class PictureBytes:
    """Bytes of several pictures, (H, W, 3) uint8 numpy arrays, rounded.

    On the CPU they are made when they are asked for. A graphics card rounds them itself, so that a
    quarter of the numbers is copied, all together and without being waited for before that.

    The pictures, (3, H, W) float 0..1, are those that a program drew: nothing in them is outside
    0..1 by more than rounding.
    """

    def __init__(self, pictures: Sequence[torch.Tensor]) -> None:
        self._pictures = pictures
        self._arriving: Arriving | None = None
        if pictures and works_alone(pictures[0].device):
            self._arriving = Arriving([rounded_there(picture) for picture in pictures])

    @property
    def here(self) -> bool:
        """Whether nobody has to wait for them."""
        return self._arriving is None or self._arriving.here

    @property
    def waited_s(self) -> float:
        """Seconds that they were waited for."""
        return 0.0 if self._arriving is None else self._arriving.waited_s

    def __iter__(self) -> Iterator[Any]:
        """The arrays, in order; waits for them."""
        if self._arriving is None:
            return map(rounded_here, self._pictures)
        return (array.numpy() for array in self._arriving.wait())


def as_bytes(picture: torch.Tensor) -> Any:
    """The bytes of one picture, waited for: see `PictureBytes`."""
    (pixels,) = PictureBytes([picture])
    return pixels


def rounded_there(picture: torch.Tensor) -> torch.Tensor:
    """(3, H, W) float 0..1 → (H, W, 3) uint8, on its device."""
    return (picture * 255.0).add_(0.5).to(torch.uint8).permute(1, 2, 0).contiguous()


def rounded_here(picture: torch.Tensor) -> Any:
    """(3, H, W) float 0..1 → (H, W, 3) uint8 numpy array, by numpy, which does it faster than torch
    on a CPU."""
    planes = picture.cpu().numpy()
    _, height, width = planes.shape
    pixels = np.empty((height, width, 3), np.uint8)
    tall = max(BLOCK // width, 1)
    room, rounded = np.empty((tall, width), np.float32), np.empty((tall, width), np.uint8)
    for top in range(0, height, tall):
        for channel, plane in enumerate(planes[:, top : top + tall]):
            high = len(plane)
            scaled = np.multiply(plane, np.float32(255.0), out=room[:high])
            scaled += np.float32(0.5)
            # Bytes are made in one row and laid between the others afterwards: twice as quick.
            np.copyto(rounded[:high], scaled, casting="unsafe")
            pixels[top : top + high, :, channel] = rounded[:high]
    return pixels


def as_words(picture: torch.Tensor) -> Any:
    """(3, H, W) float 0..1 → (H, W, 3) uint16 numpy array, rounded: for films of more than 8
    bits."""
    planes = picture.cpu().numpy() * np.float32(65535.0) + np.float32(0.5)
    return np.ascontiguousarray(planes.clip(0, 65535).astype(np.uint16).transpose(1, 2, 0))
