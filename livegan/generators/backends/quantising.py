"""int8: convolutions whose inputs and weights are rounded to 256 steps.

The graph says where and how it is rounded (fake quantisation: Jacob et al. 2018, section 3); a
backend that reads it computes with 8 bits.  Weights have a step for each channel, inputs one and
an offset, so that values which are never negative use all steps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from livegan.generators.networks.network import CONVOLUTIONS
from livegan.saving import write_bytes

Ranges = Mapping[str, tuple[float, float]]
"""By the path of a convolution in the network: the least and largest value it is given."""

STEPS = 255
SIGNED = 127
"""Steps of a weight to either side of 0."""


class QuantisedConvolution(nn.Module):
    """A convolution of 8 bits; ``low`` and ``high`` are the range of what it is given."""

    def __init__(self, conv: nn.Conv2d | nn.ConvTranspose2d, low: float, high: float) -> None:
        super().__init__()
        self.conv = conv
        self.transposed = isinstance(conv, nn.ConvTranspose2d)
        low, high = min(low, 0.0), max(high, 0.0)  # zero, which borders are filled with, is exact
        self.scale = max(high - low, 1e-6) / STEPS
        self.zero = max(0, min(STEPS, round(-low / self.scale)))
        weight = conv.weight.detach()
        self.axis = 1 if self.transposed else 0
        others = [axis for axis in range(4) if axis != self.axis]
        self.steps: Tensor
        self.offsets: Tensor
        self.register_buffer("steps", weight.abs().amax(others).clamp_min(1e-8) / SIGNED)
        self.register_buffer("offsets", torch.zeros(weight.shape[self.axis], dtype=torch.int32))

    def forward(self, x: Tensor) -> Tensor:
        conv: Any = self.conv
        x = torch.fake_quantize_per_tensor_affine(x, self.scale, self.zero, 0, STEPS)
        weight = torch.fake_quantize_per_channel_affine(
            conv.weight, self.steps, self.offsets, self.axis, -SIGNED, SIGNED
        )
        if self.transposed:
            return F.conv_transpose2d(
                x, weight, conv.bias, conv.stride, conv.padding, conv.output_padding
            )
        return F.conv2d(x, weight, conv.bias, conv.stride, conv.padding)


def plain(layer: nn.Module) -> bool:
    """Whether a layer is a convolution that can be of 8 bits."""
    return (
        isinstance(layer, CONVOLUTIONS)
        and layer.groups == 1
        and set(layer.dilation) == {1}
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
    )


def quantised(network: nn.Module, ranges: Ranges) -> nn.Module:
    """The same network with the convolutions of ``ranges`` in 8 bits; it is changed itself."""
    for path, layer in list(network.named_modules()):
        if path in ranges and plain(layer):
            parent, _, name = path.rpartition(".")
            quiet = QuantisedConvolution(layer, *ranges[path])
            network.get_submodule(parent)._modules[name] = quiet
    return network.eval()


@torch.no_grad()
def measure_ranges(
    network: nn.Module, inputs: Iterable[Tensor], each: Callable[[], None] = lambda: None
) -> dict[str, tuple[float, float]]:
    """The range of what each convolution is given, over (1, C, H, W) inputs of -1..1; ``each`` is
    called after every one."""
    ranges: dict[str, tuple[float, float]] = {}

    def watch(path: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def see(layer: nn.Module, given: tuple[Tensor, ...]) -> None:
            low, high = (float(value) for value in torch.aminmax(given[0]))
            before = ranges.get(path, (0.0, 0.0))
            ranges[path] = min(low, before[0]), max(high, before[1])

        return see

    layers = [(path, layer) for path, layer in network.named_modules() if plain(layer)]
    hooks = [layer.register_forward_pre_hook(watch(path)) for path, layer in layers]
    try:
        for x in inputs:
            network(x)
            each()
    finally:
        for hook in hooks:
            hook.remove()
    return ranges


# Kept -----------------------------------------------------------------------------------------

FORMAT = 1
"""Of the file; a file of another is not read."""


def write_ranges(path: Path, digest: str, norm: str, ranges: Ranges) -> None:
    """Keep a calibration: ``digest`` and ``norm`` are those of the network that it is of.

    Raises
    ------
    OSError
        If it cannot be written there.
    """
    rounded = {key: [float(f"{v:.6g}") for v in pair] for key, pair in ranges.items()}
    kept = {"format": FORMAT, "sha256": digest, "norm": norm, "ranges": rounded}
    write_bytes(path, (json.dumps(kept, indent=1) + "\n").encode())


def read_ranges(path: Path, digest: str, norm: str) -> dict[str, tuple[float, float]] | None:
    """What was kept; None if there is nothing, or it is damaged or of another network."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if [kept[key] for key in ("format", "sha256", "norm")] != [FORMAT, digest, norm]:
            return None
        ranges = {str(key): (float(a), float(b)) for key, (a, b) in kept["ranges"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    finite = all(low <= 0 <= high < float("inf") for low, high in ranges.values())
    return ranges if ranges and finite else None
