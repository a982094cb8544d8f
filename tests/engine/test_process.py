"""What the engine process hands over fits the ring that takes it."""

from __future__ import annotations

import torch

from livegan.engine.process import fitted


def test_a_picture_that_is_too_large_is_made_smaller() -> None:
    large = torch.rand(3, 400, 800)
    assert fitted(large, 400 * 800) is large
    small = fitted(large, 10_000)
    _, height, width = small.shape
    assert 9_000 < height * width <= 10_000
    assert abs(width / height - 2) < 0.05
