"""What is handed over fits into the ring that it is handed over in."""

from __future__ import annotations

import torch

from livegan.engine.rings import fitted


def test_a_picture_that_is_too_large_is_made_smaller() -> None:
    large = torch.rand(3, 400, 800)
    assert fitted(large, 400 * 800) is large
    small = fitted(large, 10_000)
    _, height, width = small.shape
    assert 9_000 < height * width <= 10_000
    assert abs(width / height - 2) < 0.05
