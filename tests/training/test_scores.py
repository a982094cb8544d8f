"""Scores mean what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import Tensor, nn

from livegan.dataset import drawing
from livegan.plugin import declare
from livegan.training.pairs import Pairs
from livegan.training.scores import against_truth, over_sound, record, ssim
from tests.training.tiny_pairs import data_set


def test_ssim_is_that_of_the_paper() -> None:
    rng = np.random.default_rng(2)
    one, two = rng.random((2, 1, 40, 40))

    def blurred(x: np.ndarray) -> np.ndarray:
        return gaussian_filter(x[0], 1.5, truncate=5 / 1.5)[5:-5, 5:-5]

    m1, m2 = blurred(one), blurred(two)
    v1, v2 = blurred(one * one) - m1**2, blurred(two * two) - m2**2
    both = blurred(one * two) - m1 * m2
    c1, c2 = 1e-4, 9e-4
    expected = (2 * m1 * m2 + c1) * (2 * both + c2) / ((m1**2 + m2**2 + c1) * (v1 + v2 + c2))
    found = ssim(torch.from_numpy(one)[None], torch.from_numpy(two)[None])
    assert found.item() == pytest.approx(expected.mean(), rel=1e-9)
    assert ssim(torch.from_numpy(one)[None], torch.from_numpy(one)[None]).item() == 1


class Copy(nn.Module):
    """Paints the condition."""

    def forward(self, x: Tensor) -> Tensor:
        return x


def test_against_truth_is_the_distance_in_the_range_of_pictures(tmp_path: Path) -> None:
    pairs = Pairs(data_set(tmp_path, val=3) / "val")
    both = [pairs.batch([i], torch.device("cpu")) for i in range(3)]
    expected = np.mean([float((c - t).abs().mean()) / 2 for c, t in both])
    score = against_truth(Copy(), pairs)
    assert score.l1 == pytest.approx(expected, rel=1e-5)
    assert record(score)["l1"] == round(score.l1, 4)


def struck(seconds: float = 12) -> np.ndarray:
    time = np.arange(int(48000 * seconds)) / 48000
    beat = np.exp(-30 * (time % 0.5)) * np.sin(2 * np.pi * 60 * time)
    return np.stack([beat, beat], 1).astype(np.float32)


def test_what_jumps_at_onsets_responds_and_what_does_not_has_one() -> None:
    def jumpy(sound, *, size):  # type: ignore[no-untyped-def]
        return np.full(size, sound.onset)

    def steady(sound, *, size):  # type: ignore[no-untyped-def]
        return np.full(size, (sound.time % 4) / 4)

    sound = struck()
    responds = over_sound(
        Copy(), drawing(declare("encoder", jumpy)), sound, size=16, start=4, seconds=4
    )
    same = over_sound(
        Copy(), drawing(declare("encoder", steady)), sound, size=16, start=4.5, seconds=3
    )
    assert responds.response > 3
    assert same.response == pytest.approx(1, abs=0.15)
    assert same.flicker == pytest.approx(1 / 4 / 25, rel=0.1)
    assert same.variety > 0.1
