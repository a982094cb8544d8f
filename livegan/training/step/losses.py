"""The losses of pix2pix, and those that help small networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

Gan = Literal["vanilla", "lsgan"]


def adversarial(logits: Tensor, real: bool, gan: Gan = "vanilla") -> Tensor:
    """How far a discriminator's ``logits`` are from saying ``real`` (or fake) everywhere.

    ``"vanilla"`` is binary cross-entropy, as published (Isola et al. 2017, eq. 1, with the
    generator maximising log D); ``"lsgan"`` the squared distance to 1 or 0 (Mao et al. 2017).
    """
    target = torch.full_like(logits, float(real))
    if gan == "vanilla":
        return F.binary_cross_entropy_with_logits(logits, target)
    return F.mse_loss(logits, target)


def discriminator_loss(on_real: Tensor, on_fake: Tensor, gan: Gan = "vanilla") -> Tensor:
    """Half the sum over real and fake: halved, as published, so that D does not run ahead."""
    return 0.5 * (adversarial(on_real, True, gan) + adversarial(on_fake, False, gan))


def pyramid(painted: Tensor, truth: Tensor, levels: int = 3) -> Tensor:
    """L1 at full, half, quarter ... size, summed: light and layout count, not only texture."""
    return _summed(painted - truth, levels)


def moving(painted: Tensor, truth: Tensor, levels: int = 3) -> Tensor:
    """`pyramid` of how pictures change from each one to the next, for (N, C, H, W) in twos.

    What stands still cancels out, so that a network which is yet unsure of a scene learns what
    a stroke does to it.
    """
    difference = painted - truth
    return _summed(difference[1::2] - difference[::2], levels)


def _summed(difference: Tensor, levels: int) -> Tensor:
    """Mean absolute values of a (N, C, H, W) difference at full, half, quarter ... size, summed."""
    total = _mean_size(difference)
    for _ in range(levels):
        # The mean of a difference is the difference of means: one picture to halve, not two.
        difference = F.avg_pool2d(difference, 2)
        total = total + _mean_size(difference)
    return total


def _mean_size(difference: Tensor) -> Tensor:
    """The mean of its absolute values."""
    mean: Tensor = _MeanSize.apply(difference)  # type: ignore[no-untyped-call]
    return mean


class _MeanSize(torch.autograd.Function):
    """|x| averaged; torch's own way back writes four pictures where one is enough."""

    @staticmethod
    def forward(ctx: Any, difference: Tensor) -> Tensor:
        ctx.save_for_backward(difference)
        return difference.abs().mean()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (difference,) = ctx.saved_tensors
        slope: Tensor = difference.sgn().mul_(gradient / difference.numel())
        return slope


def feature_matching(on_real: Sequence[Tensor], on_fake: Sequence[Tensor]) -> Tensor:
    """Mean L1 between D's hidden layers on truth and on painted (Wang et al. 2018, eq. 4)."""
    hidden = list(zip(on_real[:-1], on_fake[:-1], strict=True))
    terms = [F.l1_loss(fake, real.detach()) for real, fake in hidden]
    return torch.stack([term.float() for term in terms]).mean()
