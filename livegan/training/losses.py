"""The losses of pix2pix, and those that help small networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

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
    total = F.l1_loss(painted, truth)
    for _ in range(levels):
        painted, truth = F.avg_pool2d(painted, 2), F.avg_pool2d(truth, 2)
        total = total + F.l1_loss(painted, truth)
    return total


def feature_matching(on_real: Sequence[Tensor], on_fake: Sequence[Tensor]) -> Tensor:
    """Mean L1 between D's hidden layers on truth and on painted (Wang et al. 2018, eq. 4)."""
    hidden = list(zip(on_real[:-1], on_fake[:-1], strict=True))
    terms = [F.l1_loss(fake, real.detach()) for real, fake in hidden]
    return torch.stack([term.float() for term in terms]).mean()
