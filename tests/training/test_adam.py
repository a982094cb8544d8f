"""Adam in one pass is Adam, and takes up what a plain one left."""

from __future__ import annotations

import copy

import torch
from torch import nn

from livegan.training.step.adam import adam, step_in_backward, take_up


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


def test_steps_taken_in_the_backward_pass_are_the_same_and_leave_no_gradients() -> None:
    whole, each = network(), network()
    steps, small = adam(whole, 1e-2, (0.5, 0.999)), adam(each, 1e-2, (0.5, 0.999))
    step_in_backward(each, small)
    for step in range(3):
        for one, optimizer in ((whole, steps), (each, None)):
            torch.manual_seed(step)
            pictures = torch.randn(2, 3, 8, 8).double()
            # Twice in one pass, as where a recipe asks for steadiness.
            (one(pictures).square().mean() + one(pictures + 1).abs().mean()).backward()
            if optimizer is not None:
                optimizer.step()
                optimizer.zero_grad()
    assert all(weight.grad is None for weight in each.parameters())
    for one_weight, two in zip(whole.parameters(), each.parameters(), strict=True):
        assert torch.equal(one_weight, two)
    found, expected = small.state_dict()["state"], steps.state_dict()["state"]
    for weight, moments in expected.items():
        assert all(torch.equal(found[weight][name], moments[name]) for name in moments)
