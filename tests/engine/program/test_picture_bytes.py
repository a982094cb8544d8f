"""Pictures become bytes: rounded, and the same however large the picture is."""

from __future__ import annotations

import numpy as np
import torch

from livegan.engine.program.picture_bytes import BLOCK, as_bytes


def test_every_byte_comes_back() -> None:
    steps = torch.arange(256) / 255
    pixels = as_bytes(steps.reshape(1, 16, 16).expand(3, 16, 16))
    assert (np.arange(256) == pixels.reshape(256, 3).T).all()


def test_halves_are_rounded_up() -> None:
    assert as_bytes(torch.full((3, 1, 1), 0.5)).tolist() == [[[128] * 3]]


def test_a_picture_of_several_blocks_is_that_of_its_pixels() -> None:
    height = 2 * BLOCK // 300 + 3
    picture = torch.rand(3, height, 300)
    plain = (picture * 255 + 0.5).to(torch.uint8).permute(1, 2, 0).numpy()
    assert (as_bytes(picture) == plain).all()
