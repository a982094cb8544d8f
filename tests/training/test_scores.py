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
from livegan.training.scores import against_truth, onsets, over_sound, record, ssim
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
    how = {"size": 16, "stretches": 1}
    responds = over_sound(Copy(), drawing(declare("encoder", jumpy)), sound, seconds=4, **how)
    same = over_sound(Copy(), drawing(declare("encoder", steady)), sound, seconds=3, **how)
    assert responds.response > 3
    assert same.response == pytest.approx(1, abs=0.15)
    assert same.flicker == pytest.approx(1 / 4 / 25, rel=0.1)
    assert same.variety > 0.1


def test_several_sounds_count_alike_and_silence_answers_nothing() -> None:
    def level(sound, *, size):  # type: ignore[no-untyped-def]
        return np.full(size, sound.kick)

    silence = np.zeros((48000 * 6, 2), np.float32)
    how = {"size": 16, "seconds": 1.0}
    encoder = drawing(declare("encoder", level))
    loud = over_sound(Copy(), encoder, struck(), **how)
    still = over_sound(Copy(), encoder, silence, **how)
    both = over_sound(Copy(), encoder, [struck(), silence], **how)
    assert (still.flicker, still.response, still.variety) == (0, 1, 0)
    assert loud.response > 1.5
    for name in ("flicker", "response", "variety"):
        mean = (getattr(loud, name) + getattr(still, name)) / 2
        assert getattr(both, name) == pytest.approx(mean)


def test_an_encoder_that_is_fed_sees_time_go_forward_only() -> None:
    seen: list[float] = []

    class Fed:
        """Remembers when it was asked."""

        def feed(self, block: np.ndarray) -> None:
            pass

        def draw(self, sound, *, size):  # type: ignore[no-untyped-def]
            seen.append(sound.time)
            return np.zeros(size)

    encoder = drawing(declare("encoder", Fed))
    over_sound(Copy(), encoder, struck(), size=16, stretches=2, seconds=0.5, apart=4)
    assert seen == sorted(seen) and len(seen) > 20


def test_an_onset_is_a_rise_of_the_envelope_and_its_fall_is_none() -> None:
    envelope = np.array([0, 0, 0.9, 0.8, 0.6, 0.7, 0.5, 1.0, 0.9], np.float32)
    assert onsets(envelope).tolist() == pytest.approx([0.03, 0.08])
