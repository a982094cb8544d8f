"""Batch norms: statistics of the data, so that a show paints what training saw."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def batch_norms(network: nn.Module) -> list[_BatchNorm]:
    """Its batch norms that keep running statistics."""
    found = [m for m in network.modules() if isinstance(m, _BatchNorm)]
    return [m for m in found if m.track_running_stats]


@torch.no_grad()
def calibrate(network: nn.Module, conditions: Iterable[Tensor]) -> None:
    """Set the running statistics to plain means over ``conditions``, batches (N, 3, H, W).

    Averaged weights have other statistics than the last ones (Izmailov et al. 2018, section 3.2),
    and a running mean over ten small batches is mostly noise.
    """
    norms = batch_norms(network)
    if not norms:
        return
    before = network.training
    momenta = [norm.momentum for norm in norms]
    network.eval()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # torch's word for a cumulative mean
        norm.train()
    for batch in conditions:
        network(batch)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    network.train(before)


def freeze(network: nn.Module) -> None:
    """Let the batch norms use their running statistics while the rest goes on learning."""
    for norm in batch_norms(network):
        norm.eval()
