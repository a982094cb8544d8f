"""The loop does what pix2pix says, step by step, against a plain one in float64."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from livegan.training import Pairs, Recipe, Step, loop, train
from livegan.training.architecture import generator_of
from livegan.training.discriminator import PatchGAN, initialise
from livegan.training.pairs import order
from tests.training.tiny_pairs import data_set

STEPS, BATCH = 6, 2


class Adam:
    """Kingma and Ba 2015, algorithm 1."""

    def __init__(self, network: nn.Module, rate: float, first: float, second: float) -> None:
        self.weights = list(network.parameters())
        self.rate, self.first, self.second, self.count = rate, first, second, 0
        self.means = [torch.zeros_like(w) for w in self.weights]
        self.squares = [torch.zeros_like(w) for w in self.weights]

    @torch.no_grad()
    def step(self, loss: Tensor, rate: float) -> None:
        with torch.enable_grad():
            gradients = torch.autograd.grad(loss, self.weights)
        self.count += 1
        for weight, mean, square, slope in zip(
            self.weights, self.means, self.squares, gradients, strict=True
        ):
            mean.mul_(self.first).add_((1 - self.first) * slope)
            square.mul_(self.second).add_((1 - self.second) * slope**2)
            straight = mean / (1 - self.first**self.count)
            spread = (square / (1 - self.second**self.count)).sqrt()
            weight -= rate * straight / (spread + 1e-8)


def reference(data: Path, recipe: Recipe) -> list[tuple[float, float]]:
    """(loss of D, loss of G) of each step: log D(x, y) + log(1 - D(x, G(x))), and 100 L1."""
    torch.manual_seed(recipe.seed)
    painter = generator_of("small", 64).double().train()
    critic = PatchGAN(recipe.filters).double().train()
    initialise(critic)
    painter_steps = Adam(painter, 2e-4, 0.5, 0.999)
    critic_steps = Adam(critic, 2e-4, 0.5, 0.999)
    pairs = Pairs(data / "train")
    found = []
    for step in range(STEPS):
        chosen = order(len(pairs), step, BATCH, recipe.seed)
        x, y = (t.double() for t in pairs.batch(chosen, torch.device("cpu")))
        rate = 2e-4 * min(1.0, 2 - 2 * step / STEPS)
        painted = painter(x)
        on_real = torch.sigmoid(critic(torch.cat([x, y], 1)))
        on_fake = torch.sigmoid(critic(torch.cat([x, painted.detach()], 1)))
        loss_critic = -(on_real.log().mean() + (1 - on_fake).log().mean()) / 2
        critic_steps.step(loss_critic, rate)
        fooled = torch.sigmoid(critic(torch.cat([x, painted], 1)))
        loss_painter = -fooled.log().mean() + 100 * (painted - y).abs().mean()
        painter_steps.step(loss_painter, rate)
        found.append((loss_critic.item(), loss_painter.item()))
    return found


def test_every_step_has_the_losses_of_a_plain_float64_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_set(tmp_path / "data")
    batch = Pairs.batch

    def exact(self: Pairs, indices: list[int], device: torch.device) -> tuple[Tensor, Tensor]:
        condition, picture = batch(self, indices, device)
        return condition.double(), picture.double()

    monkeypatch.setattr(Pairs, "batch", exact)
    monkeypatch.setattr(loop, "generator_of", lambda name, side: generator_of(name, side).double())
    monkeypatch.setattr(loop, "PatchGAN", lambda filters: PatchGAN(filters).double())
    recipe = Recipe(arch="small", steps=STEPS, batch=BATCH, filters=8, precision="float32")
    steps: list[Step] = []
    train(data, tmp_path / "work", recipe, progress=steps.append)
    assert len(steps) == STEPS
    expected = reference(data, recipe)
    for step, (critic, painter) in zip(steps, expected, strict=True):
        assert step.losses["critic"] == pytest.approx(critic, rel=1e-9)
        assert step.losses["painter"] == pytest.approx(painter, rel=1e-9)
