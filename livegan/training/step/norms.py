"""Batch norms: statistics of the data, so that a show paints what training saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch norm with the statistics of all processes' parts of a batch.

    torch's own (`nn.SyncBatchNorm`) is for GPUs only.  ``alone`` keeps to this process' part.
    """

    alone = False

    def forward(self, x: Tensor) -> Tensor:
        if self.alone or not self.training:
            return super().forward(x)
        wide = x if x.dtype == torch.float64 else x.float()
        count = x.numel() // x.shape[1] * torch.distributed.get_world_size()
        axes, shape = (0, 2, 3), (1, -1, 1, 1)
        mean = _total(wide.sum(axes)) / count
        centred = wide - mean.view(shape)
        variance = _total(centred.square().sum(axes)) / count
        if self.running_mean is not None and self.running_var is not None:
            with torch.no_grad():
                part = self.momentum or 0.1
                self.running_mean.lerp_(mean.to(self.running_mean), part)
                unbiased = variance * (count / max(1, count - 1))
                self.running_var.lerp_(unbiased.to(self.running_var), part)
                if self.num_batches_tracked is not None:
                    self.num_batches_tracked.add_(1)
        scale = (variance + self.eps).rsqrt()
        if self.affine:
            scale = scale * self.weight
        out = centred * scale.view(shape)
        return (out + self.bias.view(shape) if self.affine else out).to(x.dtype)


class _Total(torch.autograd.Function):
    """The sum over all processes; each one's gradient is what all of them make of it."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.contiguous().clone()
        torch.distributed.all_reduce(total)
        return total


def _total(x: Tensor) -> Tensor:
    found: Tensor = _Total.apply(x)  # type: ignore[no-untyped-call]
    return found


def share(network: nn.Module) -> None:
    """Let the network's batch norms see the whole batch of all processes; names stay."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if type(child) is nn.BatchNorm2d:
                shared = SharedBatchNorm(
                    child.num_features,
                    child.eps,
                    child.momentum,
                    child.affine,
                    child.track_running_stats,
                )
                shared.train(child.training)
                shared._parameters, shared._buffers = child._parameters, child._buffers
                setattr(module, name, shared)


def batch_norms(network: nn.Module) -> list[_BatchNorm]:
    """Its batch norms that keep running statistics."""
    found = [m for m in network.modules() if isinstance(m, _BatchNorm)]
    return [m for m in found if m.track_running_stats]


@torch.no_grad()
def calibrate(network: nn.Module, conditions: Iterable[Tensor]) -> None:
    """Set the running statistics to plain means over ``conditions``, batches (N, 3, H, W).

    Averaged weights have other statistics than the last ones (Izmailov et al. 2018, section 3.2),
    and a running mean over ten small batches is mostly noise.  Each of several processes does it
    by itself, over the same conditions.
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
        if isinstance(norm, SharedBatchNorm):
            norm.alone = True
    for batch in conditions:
        network(batch)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        if isinstance(norm, SharedBatchNorm):
            norm.alone = False
    network.train(before)


def freeze(network: nn.Module) -> None:
    """Let the batch norms use their running statistics while the rest goes on learning."""
    for norm in batch_norms(network):
        norm.eval()
