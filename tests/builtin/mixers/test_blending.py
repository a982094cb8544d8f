"""Two pictures become one."""

from __future__ import annotations

import pytest
import torch

from ..playing import mixer, noise

A, B = noise(1), noise(2)
BLACK, WHITE = torch.zeros_like(A), torch.ones_like(A)


def test_mix_at_its_ends_is_one_or_the_other() -> None:
    assert torch.equal(mixer("mix")(A, B, amount=0.0), A)
    assert torch.equal(mixer("mix")(A, B, amount=1.0), B)
    assert torch.allclose(mixer("mix")(A, B, amount=0.25), 0.75 * A + 0.25 * B)


@pytest.mark.parametrize(
    ("name", "neutral"),
    [
        ("add", BLACK),
        ("multiply", WHITE),
        ("screen", BLACK),
        ("difference", BLACK),
        ("lighten", BLACK),
        ("darken", WHITE),
    ],
)
def test_each_has_a_picture_that_changes_nothing_and_an_amount_that_does_nothing(
    name: str, neutral: torch.Tensor
) -> None:
    assert torch.allclose(mixer(name)(A, neutral), A, atol=1e-6)
    assert torch.allclose(mixer(name)(A, B, amount=0.0), A, atol=1e-6)


def test_each_computes_what_its_name_says() -> None:
    assert torch.allclose(mixer("add")(A, B), (A + B).clamp(0, 1))
    assert torch.allclose(mixer("multiply")(A, B), A * B, atol=1e-6)
    assert torch.allclose(mixer("screen")(A, B), 1 - (1 - A) * (1 - B), atol=1e-6)
    assert torch.allclose(mixer("difference")(A, B), (A - B).abs())
    assert torch.equal(mixer("lighten")(A, B), torch.maximum(A, B))
    assert torch.equal(mixer("darken")(A, B), torch.minimum(A, B))


def test_a_picture_differs_from_itself_nowhere() -> None:
    assert float(mixer("difference")(A, A).max()) == 0


def test_a_mask_shows_the_other_where_it_is_bright() -> None:
    by = BLACK.clone()
    by[:, :, 20:] = 1
    out = mixer("mask")(A, B, by)
    assert torch.equal(out[:, :, :20], A[:, :, :20])
    assert torch.allclose(out[:, :, 20:], B[:, :, 20:])
    swapped = mixer("mask")(A, B, by, swap=True)
    assert torch.allclose(swapped[:, :, :20], B[:, :, :20])


def test_with_two_pictures_the_second_is_the_mask() -> None:
    assert torch.allclose(mixer("mask")(A, WHITE), A, atol=1e-6)
    assert float(mixer("mask")(A, BLACK).max()) == 0


def test_a_hard_mask_has_no_mixture() -> None:
    out = mixer("mask")(A, B, noise(3), low=0.5, high=0.5)
    either = torch.isclose(out, A).all(0) | torch.isclose(out, B).all(0)
    assert float(either.float().mean()) > 0.99
