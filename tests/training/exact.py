"""Training in float64, for comparisons to more digits than float32 has."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from livegan.training import batch, pairs
from livegan.training.pairs import Bytes, tensors
from livegan.training.step import learner
from livegan.training.step.architecture import generator_of
from livegan.training.step.discriminator import PatchGAN


def exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let networks and pictures be float64; what is drawn is drawn as ever."""

    def exact(both: Bytes, device: torch.device) -> tuple[Tensor, Tensor]:
        condition, truth = tensors(both, device)
        return condition.double(), truth.double()

    for module in (batch, pairs):
        monkeypatch.setattr(module, "tensors", exact)
    monkeypatch.setattr(
        learner, "generator_of", lambda name, side: generator_of(name, side).double()
    )
    monkeypatch.setattr(learner, "PatchGAN", lambda filters: PatchGAN(filters).double())
