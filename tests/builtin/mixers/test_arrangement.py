"""Several pictures side by side, or one after another."""

from __future__ import annotations

import pytest
import torch

from livegan.plugin import Now

from ..playing import MIXERS, mixer, noise


def test_four_pictures_make_a_square_at_full_resolution() -> None:
    a, b, c, d = (noise(seed, 16, 20) for seed in range(4))
    out = mixer("grid")(a, b, c, d)
    assert out.shape == (3, 32, 40)
    assert torch.equal(out[:, :16, :20], a)
    assert torch.equal(out[:, :16, 20:], b)
    assert torch.equal(out[:, 16:, :20], c)
    assert torch.equal(out[:, 16:, 20:], d)


@pytest.mark.parametrize(
    ("count", "shape"),
    [(1, (1, 1)), (2, (1, 2)), (3, (2, 2)), (5, (2, 3)), (9, (3, 3)), (10, (3, 4))],
)
def test_the_grid_is_as_square_as_it_can_be(count: int, shape: tuple[int, int]) -> None:
    out = mixer("grid")(*(noise(seed, 6, 8) for seed in range(count)))
    assert out.shape == (3, shape[0] * 6, shape[1] * 8)


def test_a_last_row_that_is_not_full_is_centred() -> None:
    white = torch.ones(3, 8, 8)
    out = mixer("grid")(white, white, white)
    assert torch.equal(out[:, 8:, 4:12], white)
    assert float(out[:, 8:, :4].max()) == 0


def test_columns_gap_and_sizes_are_free() -> None:
    assert MIXERS["grid"].make.any_size is True  # type: ignore[attr-defined]
    white = torch.ones(3, 10, 10)
    out = mixer("grid")(white, torch.ones(3, 5, 4), columns=1, gap=0.2)
    assert out.shape == (3, 22, 10)
    assert float(out[:, 10:12].max()) == 0
    assert torch.allclose(out[:, 12:], white)


def test_a_split_shows_both_and_at_its_ends_one() -> None:
    a, b = noise(1, 20, 20), noise(2, 20, 20)
    half = mixer("split")(a, b)
    assert torch.equal(half[:, :, :9], a[:, :, :9])
    assert torch.equal(half[:, :, 11:], b[:, :, 11:])
    for turn in (0.0, 0.1, 0.25, 0.6):
        for soft in (0.0, 0.7):
            options = {"turn": turn, "soft": soft}
            assert torch.allclose(mixer("split")(a, b, position=0.0, **options), b, atol=1e-6)
            assert torch.allclose(mixer("split")(a, b, position=1.0, **options), a, atol=1e-6)


def test_a_split_turned_a_quarter_is_above_and_below() -> None:
    a, b = noise(1, 20, 20), noise(2, 20, 20)
    out = mixer("split")(a, b, turn=0.25, position=0.25)
    assert torch.allclose(out[:, :4], a[:, :4], atol=1e-6)
    assert torch.allclose(out[:, 6:], b[:, 6:], atol=1e-6)


def test_a_switch_goes_by_number_and_begins_again_after_the_last() -> None:
    a, b, c = (noise(seed) for seed in range(3))
    for index, expected in [(0.0, a), (1.0, b), (1.9, b), (2.0, c), (3.0, a)]:
        assert torch.equal(mixer("switch")(a, b, c, index=index), expected)


def test_a_switch_takes_turns_every_few_beats() -> None:
    a, b = noise(1), noise(2)
    for beats, expected in [(0.0, a), (3.99, a), (4.0, b), (8.0, a)]:
        assert torch.equal(mixer("switch")(a, b, now=Now(beats=beats)), expected)


def test_a_switch_may_cross_over() -> None:
    a, b = noise(1), noise(2)
    out = mixer("switch")(a, b, fade=0.5, now=Now(beats=3.0))
    assert torch.allclose(out, a.lerp(b, 0.5))
    assert torch.equal(mixer("switch")(a, b, fade=0.5, now=Now(beats=1.9)), a)
    assert torch.allclose(mixer("switch")(a, b, index=0.25, fade=1.0), a.lerp(b, 0.25))
