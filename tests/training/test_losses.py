"""The losses are those of the papers, written out by hand in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from livegan.training.step import losses

RNG = np.random.default_rng(5)
TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}


def tensor(*shape: int) -> torch.Tensor:
    return torch.from_numpy(RNG.normal(0, 2, shape))


def test_vanilla_is_the_cross_entropy_of_the_sigmoid() -> None:
    logits = tensor(2, 1, 5, 5)
    chance = 1 / (1 + np.exp(-logits.numpy()))
    real = losses.adversarial(logits, True).item()
    fake = losses.adversarial(logits, False).item()
    np.testing.assert_allclose(real, -np.log(chance).mean(), **TOLERANCE)
    np.testing.assert_allclose(fake, -np.log(1 - chance).mean(), **TOLERANCE)


def test_lsgan_is_the_squared_distance_to_one_or_nothing() -> None:
    logits = tensor(2, 1, 5, 5)
    real = losses.adversarial(logits, True, "lsgan").item()
    fake = losses.adversarial(logits, False, "lsgan").item()
    np.testing.assert_allclose(real, ((logits.numpy() - 1) ** 2).mean(), **TOLERANCE)
    np.testing.assert_allclose(fake, (logits.numpy() ** 2).mean(), **TOLERANCE)


@pytest.mark.parametrize("gan", ["vanilla", "lsgan"])
def test_the_discriminator_learns_from_half_of_both(gan: losses.Gan) -> None:
    on_real, on_fake = tensor(1, 1, 4, 4), tensor(1, 1, 4, 4)
    expected = 0.5 * (
        losses.adversarial(on_real, True, gan) + losses.adversarial(on_fake, False, gan)
    )
    found = losses.discriminator_loss(on_real, on_fake, gan)
    np.testing.assert_allclose(found.item(), expected.item(), **TOLERANCE)


def test_the_pyramid_sums_l1_over_halved_sizes() -> None:
    painted, truth = tensor(1, 3, 8, 8), tensor(1, 3, 8, 8)

    def halved(x: np.ndarray) -> np.ndarray:
        return x.reshape(1, 3, x.shape[2] // 2, 2, x.shape[3] // 2, 2).mean((3, 5))

    a, b = painted.numpy(), truth.numpy()
    expected = 0.0
    for _ in range(3):
        expected += np.abs(a - b).mean()
        a, b = halved(a), halved(b)
    np.testing.assert_allclose(losses.pyramid(painted, truth, 2).item(), expected, **TOLERANCE)


def test_moving_compares_changes_from_a_pair_to_the_next() -> None:
    painted, truth = tensor(4, 3, 8, 8), tensor(4, 3, 8, 8)
    change = [painted[i + 1] - painted[i] for i in (0, 2)]
    film = [truth[i + 1] - truth[i] for i in (0, 2)]
    expected = losses.pyramid(torch.stack(change), torch.stack(film), 2).item()
    np.testing.assert_allclose(losses.moving(painted, truth, 2).item(), expected, **TOLERANCE)
    scene = tensor(1, 3, 8, 8)  # what is wrong in both alike costs nothing
    np.testing.assert_allclose(losses.moving(truth + scene, truth).item(), 0, atol=1e-12)


def test_feature_matching_is_the_mean_over_hidden_layers_and_leaves_the_truth_alone() -> None:
    real = [tensor(1, 4, 4, 4).requires_grad_(), tensor(1, 8, 2, 2), tensor(1, 1, 2, 2)]
    fake = [tensor(1, 4, 4, 4).requires_grad_(), tensor(1, 8, 2, 2), tensor(1, 1, 2, 2)]
    pairs = list(zip(real[:2], fake[:2], strict=True))
    expected = np.mean([np.abs((r - f).detach().numpy()).mean() for r, f in pairs])
    found = losses.feature_matching(real, fake)
    np.testing.assert_allclose(found.item(), expected, rtol=1e-6)  # it ends in float32
    found.backward()
    assert real[0].grad is None and fake[0].grad is not None
