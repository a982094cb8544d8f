"""The colours of a picture."""

from __future__ import annotations

import torch

from ..playing import mixer, noise

A = noise(1)


def flat(red: float, green: float, blue: float) -> torch.Tensor:
    return (
        torch.tensor([float(red), float(green), float(blue)])
        .reshape(3, 1, 1)
        .expand(3, 4, 4)
        .contiguous()
    )


def test_a_whole_turn_of_hue_changes_nothing_and_a_third_goes_to_the_next_colour() -> None:
    for turn in (0.0, 1.0, -2.0):
        assert torch.allclose(mixer("hue")(A, turn=turn), A, atol=1e-5)
    red = flat(0.8, 0.1, 0.1)
    assert torch.allclose(mixer("hue")(red, turn=1 / 3), flat(0.1, 0.8, 0.1), atol=1e-5)
    assert torch.allclose(mixer("hue")(red, turn=2 / 3), flat(0.1, 0.1, 0.8), atol=1e-5)


def test_hue_leaves_grey_alone() -> None:
    grey = flat(0.4, 0.4, 0.4)
    assert torch.allclose(mixer("hue")(grey, turn=0.37), grey, atol=1e-5)


def test_the_neutral_values_change_nothing() -> None:
    for name, values in {
        "saturation": {"amount": 1.0},
        "contrast": {"amount": 1.0},
        "brightness": {"amount": 0.0},
        "invert": {"amount": 0.0},
        "luma": {"amount": 0.0},
        "tint": {"amount": 0.0},
    }.items():
        assert torch.allclose(mixer(name)(A, **values), A, atol=1e-6), name


def test_inverting_twice_is_the_picture_again() -> None:
    assert torch.allclose(mixer("invert")(mixer("invert")(A)), A, atol=1e-6)


def test_without_saturation_a_picture_is_its_luma() -> None:
    grey = mixer("saturation")(A, amount=0.0)
    assert torch.allclose(grey, mixer("luma")(A), atol=1e-6)
    assert torch.allclose(grey[0], grey[2])
    assert float(mixer("luma")(flat(0, 1, 0))[0, 0, 0]) > float(
        mixer("luma")(flat(1, 0, 0))[0, 0, 0]
    )


def test_brightness_at_its_ends_is_black_or_white() -> None:
    assert float(mixer("brightness")(A, amount=-1.0).max()) == 0
    assert float(mixer("brightness")(A, amount=1.0).min()) == 1


def test_no_contrast_is_middle_grey_and_more_pulls_apart() -> None:
    assert torch.allclose(mixer("contrast")(A, amount=0.0), torch.full_like(A, 0.5))
    assert float(mixer("contrast")(A, amount=3.0).std()) > float(A.std())


def test_a_threshold_parts_dark_from_bright() -> None:
    out = mixer("threshold")(A, level=0.5, soft=0.0)
    bright = mixer("luma")(A) > 0.5
    assert torch.equal(out > 0.5, bright)
    assert float(((out > 0.01) & (out < 0.99)).float().mean()) < 0.02
    soft = mixer("threshold")(A, level=0.5, soft=1.0)
    assert float(((soft > 0.01) & (soft < 0.99)).float().mean()) > 0.5


def test_posterized_colours_are_few_and_reach_from_black_to_white() -> None:
    out = mixer("posterize")(A, steps=4.0)
    assert {round(value, 5) for value in out.flatten().tolist()} == {0.0, 0.33333, 0.66667, 1.0}


def test_a_tint_leaves_black_and_white_and_gives_the_middle_its_hue() -> None:
    for end in (0.0, 1.0):
        assert torch.allclose(mixer("tint")(flat(end, end, end)), flat(end, end, end), atol=1e-5)
    red = mixer("tint")(flat(0.5, 0.5, 0.5), hue=0.0)[:, 0, 0]
    blue = mixer("tint")(flat(0.5, 0.5, 0.5), hue=2 / 3)[:, 0, 0]
    assert float(red[0]) > float(red[1]) + 0.5
    assert float(blue[2]) > float(blue[0]) + 0.5
