"""Adam (Kingma and Ba 2015), one pass over memory a step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

FUSED = {"cpu", "cuda", "mps"}
"""Devices on which torch does a whole step of Adam in one pass over the weights."""


def adam(network: nn.Module, lr: float, betas: tuple[float, float]) -> torch.optim.Adam:
    """Adam over the network's weights; fused where the device can, which only rounds otherwise.

    A large network's plain step is a dozen passes over its weights and takes longer than painting.
    """
    device = next(network.parameters()).device
    optimizer = torch.optim.Adam(network.parameters(), lr, betas, fused=device.type in FUSED)
    # Here, before the first step scatters what it needs among them: torch makes them in that step.
    for weight in network.parameters():
        optimizer.state[weight] = {
            "step": torch.zeros((), dtype=torch.float32, device=device),
            "exp_avg": torch.zeros_like(weight),
            "exp_avg_sq": torch.zeros_like(weight),
        }
    return optimizer


def step_in_backward(network: nn.Module, optimizer: torch.optim.Adam) -> None:
    """From here on each weight is stepped, and its gradient freed, as soon as that is known.

    The gradients of a whole network are never there at once, which saves as much memory as its
    weights take. ``backward`` is the step: nothing can look at the gradients, or clip them.
    """

    def step(weight: Tensor) -> None:
        optimizer.step()  # of the only weight that has a gradient
        weight.grad = None

    for weight in network.parameters():
        if weight.requires_grad:
            weight.register_post_accumulate_grad_hook(step)  # type: ignore[no-untyped-call]


def take_up(optimizer: torch.optim.Adam, saved: dict[str, Any]) -> None:
    """Load what ``optimizer.state_dict()`` gave, however the steps were done that made it."""
    fused = [group["fused"] for group in optimizer.param_groups]
    optimizer.load_state_dict(saved)
    for group, before in zip(optimizer.param_groups, fused, strict=True):
        group["fused"], group["foreach"] = before, None
        for weight in group["params"]:
            moments = optimizer.state.get(weight, {})
            for name in ("exp_avg", "exp_avg_sq"):
                # The fused step walks weights and moments in memory's order: they must agree.
                if name in moments and moments[name].stride() != weight.stride():
                    moments[name] = torch.empty_like(weight).copy_(moments[name])
