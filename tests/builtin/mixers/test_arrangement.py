"""Several pictures side by side, or one after another."""

from __future__ import annotations

import pytest
import torch

from livegan.builtin.mixers.arrangement import rows_of
from livegan.plugin import Now
from livegan.size import Size

from ..playing import MIXERS, Player, mixer, noise


def test_four_pictures_make_a_square_at_full_resolution() -> None:
    a, b, c, d = (noise(seed, 16, 20) for seed in range(4))
    out = mixer("grid")(a, b, c, d)
    assert out.shape == (3, 32, 40)
    assert torch.equal(out[:, :16, :20], a)
    assert torch.equal(out[:, :16, 20:], b)
    assert torch.equal(out[:, 16:, :20], c)
    assert torch.equal(out[:, 16:, 20:], d)


@pytest.mark.parametrize(
    ("count", "canvas", "rows"),
    [
        (1, (9, 16), [1]),
        (2, (16, 16), [2]),
        (2, (9, 16), [2]),
        (2, (16, 9), [1, 1]),
        (3, (16, 16), [2, 1]),
        (5, (9, 16), [3, 2]),
        (6, (9, 16), [3, 3]),
        (6, (16, 9), [2, 2, 2]),
        (7, (9, 16), [3, 2, 2]),
        (9, (9, 16), [3, 3, 3]),
    ],
)
def test_a_grid_has_the_cells_that_cut_its_pictures_least(
    count: int, canvas: tuple[int, int], rows: list[int]
) -> None:
    assert rows_of(count, 0, Size(*canvas)) == rows


@pytest.mark.parametrize("canvas", [(48, 48), (36, 64), (64, 36), (20, 97)])
@pytest.mark.parametrize("count", range(1, 18))
def test_a_grid_of_any_number_of_pictures_fills_the_canvas(
    count: int, canvas: tuple[int, int]
) -> None:
    grey = [torch.full((3, *canvas), (index + 1) / 20) for index in range(count)]
    out = mixer("grid")(*grey)
    _, height, width = out.shape
    assert width / height == pytest.approx(canvas[1] / canvas[0], rel=0.03)
    shown = out[0].round(decimals=4).unique()
    assert shown.tolist() == pytest.approx([(index + 1) / 20 for index in range(count)])


def test_a_grid_keeps_shapes_and_cuts_what_stands_out() -> None:
    wide = torch.zeros(3, 20, 40)
    wide[:, :, 10:30] = 1  # the middle half
    out = mixer("grid")(wide, wide)
    assert out.shape == (3, 20, 40)
    assert float(out.min()) == 1
    whole = mixer("grid")(wide, wide, fit="contain")
    assert float(whole[:, :5].max()) == 0
    assert float(whole[:, 10, 10].min()) == 1


def test_columns_and_gap_are_free() -> None:
    assert MIXERS["grid"].make.any_size is True  # type: ignore[attr-defined]
    white = torch.ones(3, 10, 10)
    out = mixer("grid")(white, torch.ones(3, 5, 4), columns=1, gap=0.2)
    assert out.shape == (3, 10, 10)
    assert out[0].mean(1).tolist() == [1] * 4 + [0] * 2 + [1] * 4


def test_tiles_repeat_over_the_canvas() -> None:
    a, b = torch.ones(3, 12, 18), torch.zeros(3, 12, 18)
    out = mixer("tile")(a, b, rows=2, columns=3)
    assert out.shape == (3, 12, 18)
    assert out[0, ::6, ::6].tolist() == [[1, 0, 1], [0, 1, 0]]
    assert torch.allclose(mixer("tile")(noise(1, 12, 18), rows=1, columns=1), noise(1, 12, 18))


def test_pictures_lie_beside_or_on_each_other() -> None:
    a, b = torch.ones(3, 10, 20), torch.zeros(3, 10, 20)
    out = mixer("beside")(a, b)
    assert out.shape == (3, 10, 20)
    assert out[0, 0].tolist() == [1] * 10 + [0] * 10
    assert mixer("beside")(a, b, first=0.25)[0, 0].tolist() == [1] * 5 + [0] * 15
    assert mixer("stack")(a, b)[0, :, 0].tolist() == [1] * 5 + [0] * 5
    assert float(mixer("stack")(a, b, first=0.0).max()) == 0


def test_an_inset_lies_in_a_corner_and_keeps_its_shape() -> None:
    large, small = torch.zeros(3, 40, 80), torch.ones(3, 30, 30)
    out = mixer("inset")(large, small, scale=0.5, margin=0.1)
    rows, columns = out[0].amax(1).nonzero().flatten(), out[0].amax(0).nonzero().flatten()
    assert (int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])) == (16, 35, 36, 75)
    whole = mixer("inset")(large, small, scale=0.5, x=0.0, y=0.0, margin=0.1, fit="contain")
    assert whole[0, 10].nonzero().flatten().tolist() == list(range(14, 34))
    assert torch.equal(large, torch.zeros(3, 40, 80))


def test_a_picture_is_fitted_to_the_canvas() -> None:
    square = torch.ones(3, 20, 20)
    player = Player(MIXERS["fit"], (18, 32))
    assert float(player(square).min()) == 1
    whole = player(square, how="contain")
    assert whole.shape == (3, 18, 32)
    assert whole[0, 0].tolist() == [0] * 7 + [1] * 18 + [0] * 7


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
