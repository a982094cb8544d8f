"""Networks that carry their own program: TorchScript archives and ONNX graphs."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor


class Foreign(Protocol):
    """What a runner needs of a network that it cannot look into."""

    in_channels: int
    out_channels: int

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """The nearest size believed to work."""

    def run(self, x: Tensor) -> Tensor:
        """(1, in_channels, H, W) float32 in -1..1 → (1, out_channels, H', W') float32."""

    def to(self, device: torch.device) -> None:
        """Where it runs from now on."""
