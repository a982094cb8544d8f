"""Adam in one pass is Adam, and takes up what a plain one left."""

from __future__ import annotations

import copy

import torch
from torch import nn

from livegan.training.step.adam import adam, take_up


def network() -> nn.Module:
    torch.manual_seed(3)
    found = nn.Sequential(
        nn.Conv2d(3, 5, 3, bias=False), nn.BatchNorm2d(5), nn.Conv2d(5, 2, 3)
    ).double()
    return found.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def go_on(network: nn.Module, optimizer: torch.optim.Adam, steps: int) -> None:
    for step in range(steps):
        torch.manual_seed(step)
        optimizer.zero_grad()
        network(torch.randn(2, 3, 8, 8).double()).square().mean().backward()
        optimizer.step()


def test_a_training_begun_with_plain_steps_goes_on_with_fused_ones() -> None:
    plain, taken = network(), network()
    steps = torch.optim.Adam(plain.parameters(), 1e-2, (0.5, 0.999))
    go_on(plain, steps, 3)
    taken.load_state_dict(plain.state_dict())
    saved = copy.deepcopy(steps.state_dict())
    for moments in saved["state"].values():
        # A file may hold them in another order of memory than the weights have here.
        moments["exp_avg"] = moments["exp_avg"].contiguous()
    mine = adam(taken, 1e-2, (0.5, 0.999))
    take_up(mine, saved)
    assert mine.param_groups[0]["fused"] is True
    go_on(plain, steps, 3)
    go_on(taken, mine, 3)
    for one, two in zip(plain.parameters(), taken.parameters(), strict=True):
        torch.testing.assert_close(one, two, atol=1e-12, rtol=1e-12)
