"""An average of the weights over the last steps, which paints better than the last of them."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class Average:
    """Exponential moving average of a network's weights; other tensors are copied.

    ``decay`` is the part kept at a step.  Early on it is smaller, (1 + n) / (10 + n), so that the
    noise it started from is soon forgotten.
    """

    def __init__(self, network: nn.Module, decay: float = 0.999) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)
        self.decay = decay
        self.count = 0
        self._weights: list[Tensor] = list(self.network.parameters())
        self._rest = list(self.network.buffers())

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Take in the weights after a step, of a network with the same names in the same order."""
        keep = min(self.decay, (1 + self.count) / (10 + self.count))
        self.count += 1
        torch._foreach_lerp_(self._weights, list(network.parameters()), 1 - keep)
        if self._rest:
            torch._foreach_copy_(self._rest, list(network.buffers()))

    def state_dict(self) -> dict[str, int | dict[str, Tensor]]:
        """For a checkpoint."""
        return {"count": self.count, "network": self.network.state_dict()}

    def load_state_dict(self, state: dict[str, int | dict[str, Tensor]]) -> None:
        """As it was."""
        count, network = state["count"], state["network"]
        assert isinstance(count, int) and isinstance(network, dict)
        self.count = count
        self.network.load_state_dict(network)
