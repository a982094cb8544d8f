"""Where each pixel is taken from."""

from __future__ import annotations

import pytest
import torch

from livegan.builtin.mixers.sampling import EDGES

from ..playing import mixer, noise

A = noise(1)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("scale", {"amount": 1.0}),
        ("rotate", {"turn": 0.0}),
        ("rotate", {"turn": 2.0}),
        ("shift", {"x": 0.0, "y": 0.0}),
    ],
)
def test_the_neutral_values_change_nothing(name: str, values: dict[str, float], edge: str) -> None:
    assert torch.allclose(mixer(name)(A, edge=edge, **values), A, atol=1e-4)


def test_a_quarter_turn_of_a_square_is_counter_clockwise() -> None:
    square = noise(2, 32, 32)
    turned = mixer("rotate")(square, turn=0.25, edge="black")
    assert torch.allclose(turned, square.rot90(1, (1, 2)), atol=1e-4)


def test_half_a_turn_is_upside_down_at_any_aspect() -> None:
    for edge in EDGES:
        turned = mixer("rotate")(A, turn=0.5, edge=edge)
        assert torch.allclose(turned, A.flip(1, 2), atol=1e-4)


def test_a_turn_keeps_shapes_of_a_wide_picture() -> None:
    wide = torch.zeros(3, 40, 120)
    wide[:, 15:25, 40:80] = 1  # 40 wide, 10 high
    turned = mixer("rotate")(wide, turn=0.25, edge="black") > 0.5
    rows, columns = turned[0].any(1).sum(), turned[0].any(0).sum()
    assert abs(int(rows) - 40) <= 1
    assert abs(int(columns) - 10) <= 1


def test_a_shift_by_whole_pixels_is_a_roll_when_it_wraps() -> None:
    picture = noise(3, 32, 64)
    shifted = mixer("shift")(picture, x=8 / 64, y=-4 / 32, edge="wrap")
    assert torch.allclose(shifted, picture.roll((8, -4), (2, 1)), atol=1e-4)
    assert torch.allclose(mixer("shift")(picture, x=5.0, y=-1.0, edge="wrap"), picture, atol=1e-4)


def test_there_is_no_seam_where_a_wrapped_picture_meets_itself() -> None:
    even = torch.full((3, 16, 16), 0.7)
    assert torch.allclose(mixer("shift")(even, x=0.23, y=0.61), even, atol=1e-4)


def test_beyond_a_black_edge_there_is_nothing() -> None:
    white = torch.ones(3, 16, 16)
    shifted = mixer("shift")(white, x=0.5, edge="black")
    assert float(shifted[:, :, :7].max()) == 0
    assert float(shifted[:, :, 9:].min()) == 1
    assert float(mixer("shift")(white, x=2.0, edge="black").max()) == 0


def test_nearer_shows_less_and_farther_repeats() -> None:
    dot = torch.zeros(3, 64, 64)
    dot[:, 28:36, 28:36] = 1
    nearer = mixer("scale")(dot, amount=2.0)
    assert float(nearer.sum()) == pytest.approx(4 * float(dot.sum()), rel=0.02)
    tiled = mixer("scale")(dot, amount=0.5, edge="wrap")
    assert float(tiled.sum()) == pytest.approx(float(dot.sum()), rel=0.02)


@pytest.mark.parametrize("size", [(16, 20), (15, 21)])
@pytest.mark.parametrize(("keep", "axis"), [("left", 2), ("right", 2), ("top", 1), ("bottom", 1)])
def test_a_mirrored_picture_keeps_one_half_and_is_symmetric(
    keep: str, axis: int, size: tuple[int, int]
) -> None:
    picture = noise(4, *size)
    out = mixer("mirror")(picture, keep=keep)
    assert torch.equal(out, out.flip(axis))
    half = size[axis - 1] // 2
    start = 0 if keep in ("left", "top") else size[axis - 1] - half
    assert torch.equal(out.narrow(axis, start, half), picture.narrow(axis, start, half))


def test_a_corner_is_mirrored_both_ways() -> None:
    out = mixer("mirror")(A, keep="corner")
    assert torch.equal(out, out.flip(1))
    assert torch.equal(out, out.flip(2))


def test_a_kaleidoscope_looks_the_same_after_one_sector() -> None:
    smooth = mixer("blur")(noise(5, 128, 128), radius=24.0)
    out = mixer("kaleid")(smooth, sides=4.0)
    turned = out.rot90(1, (1, 2))
    assert float((out - turned).abs().max()) < 0.02
    assert not torch.allclose(out, smooth, atol=0.05)


def test_middle_grey_displaces_nothing_and_white_shifts() -> None:
    grey, white = torch.full_like(A, 0.5), torch.ones_like(A)
    for using in ("luma", "colours"):
        assert torch.allclose(mixer("displace")(A, grey, using=using), A, atol=1e-4)
    picture = noise(6, 20, 20)
    white = torch.ones_like(picture)
    shifted = mixer("displace")(picture, white, amount=0.25, edge="black")
    assert torch.allclose(shifted, mixer("shift")(picture, x=0.25, edge="black"), atol=1e-4)
    assert torch.allclose(mixer("displace")(A, noise(7), amount=0.0), A, atol=1e-4)
