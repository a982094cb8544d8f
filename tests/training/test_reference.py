"""The loop does what pix2pix says, step by step, against a plain one in float64."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from livegan.generators.networks.unet import Unet
from livegan.size import Size
from livegan.training import Pairs, Recipe, TrainingStep, train
from livegan.training.pairs import order
from livegan.training.state import load
from livegan.training.step.architecture import ARCHITECTURES
from livegan.training.step.discriminator import PatchGAN, initialise
from livegan.training.step.losses import Gan
from tests.training.exact import exactly
from tests.training.tiny_pairs import data_set

STEPS, BATCH, SIZE = 6, 2, 128


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


def judge(gan: str, answers: Tensor, real: bool) -> Tensor:
    """-log D, or -log(1 - D), by the definition of D as a probability; or the squared distance."""
    if gan == "lsgan":
        return ((answers - (1.0 if real else 0.0)) ** 2).mean()
    chance = torch.sigmoid(answers)
    return -(chance if real else 1 - chance).log().mean()


def reference(data: Path, recipe: Recipe) -> tuple[list[tuple[float, float]], list[nn.Module]]:
    """(loss of D, loss of G) of each step: log D(x, y) + log(1 - D(x, G(x))), and 100 L1."""
    torch.manual_seed(recipe.seed)
    painter = ARCHITECTURES[recipe.arch](Size.square(SIZE))
    if recipe.arch != "small":
        initialise(painter)
    painter = painter.double().train()
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
        torch.manual_seed(step)  # the masks of dropout
        painted = painter(x)
        on_fake = critic(torch.cat([x, painted.detach()], 1))
        on_real = critic(torch.cat([x, y], 1))
        loss_critic = (judge(recipe.gan, on_fake, False) + judge(recipe.gan, on_real, True)) / 2
        critic_steps.step(loss_critic, rate)
        fooled = critic(torch.cat([x, painted], 1))
        loss_painter = judge(recipe.gan, fooled, True) + 100 * (painted - y).abs().mean()
        painter_steps.step(loss_painter, rate)
        found.append((loss_critic.item(), loss_painter.item()))
    return found, [painter, critic]


def unet(side: int) -> nn.Module:
    """The published U-Net at a sixteenth of its width, dropout and all."""
    return Unet(3, 3, [4, 8, 16, 32, 32, 32], nn.BatchNorm2d, bias=False)


@pytest.mark.parametrize("gan", ["vanilla", "lsgan"])
@pytest.mark.parametrize("arch", ["small", "narrow"])
def test_losses_and_weights_are_those_of_a_plain_float64_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arch: str, gan: Gan
) -> None:
    data = data_set(tmp_path / "data", size=SIZE)
    monkeypatch.setitem(ARCHITECTURES, "narrow", unet)
    exactly(monkeypatch)
    recipe = Recipe(arch=arch, steps=STEPS, batch=BATCH, filters=8, gan=gan, precision="float32")
    steps: list[TrainingStep] = []
    train(data, tmp_path / "work", recipe, progress=steps.append)
    assert len(steps) == STEPS
    expected, networks = reference(data, recipe)
    for step, (critic, painter) in zip(steps, expected, strict=True):
        assert step.losses["critic"] == pytest.approx(critic, rel=1e-10)
        assert step.losses["painter"] == pytest.approx(painter, rel=1e-10)
    state = load(tmp_path / "work" / "state.pt")
    for name, network in zip(("painter", "critic"), networks, strict=True):
        for key, tensor in network.state_dict().items():
            torch.testing.assert_close(state[name][key], tensor, atol=1e-10, rtol=1e-9, msg=key)
