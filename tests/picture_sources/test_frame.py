"""Bytes and frames of other programs become pictures."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.picture_sources.frame import SentPictures
from livegan.picture_sources.source import Wanted


@pytest.mark.parametrize(("layout", "order"), [("rgba", [0, 1, 2]), ("bgra", [2, 1, 0])])
@pytest.mark.parametrize("size", [(6, 10), (7, 33), (1, 1)])
def test_what_another_program_sends_keeps_its_alpha_unless_it_means_nothing(
    layout: str, order: list[int], size: tuple[int, int]
) -> None:
    sent = np.random.default_rng(1).integers(0, 256, (*size, 4), np.uint8)
    rows = np.repeat(sent, 2, axis=0)[::-2]  # the lowest row first, and not one after the other
    received = SentPictures(Wanted(*size))
    opaque = received.pixels(rows, layout, opaque=True)
    whole = received.pixels(rows, layout)
    assert opaque.shape == (*size, 3) and (opaque == sent[::-1][..., order]).all()
    assert (whole[..., :3] == opaque).all() and (whole[..., 3] == sent[::-1][..., 3]).all()
    received.pixels(np.zeros_like(sent), layout)
    assert (whole[..., 3] == sent[::-1][..., 3]).all(), "each picture is an array of its own"
    assert received.pixels(np.full((9, 9, 4), 7, np.uint8), layout).shape[2] == 4
