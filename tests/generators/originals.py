"""The originals as formulas: state dicts with their tensor names, and what they compute.

Written from the papers and the projects' published tensor names, as plain functions of tensors, so
that the modules under test are compared with something that shares nothing with them.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

State = dict[str, Tensor]


class Maker:
    """Random tensors of a size that keeps the signal's: seeded, so always the same."""

    def __init__(self, norm: str, bias: bool, seed: int = 0) -> None:
        self.state: State = {}
        self.norm_kind = norm
        self.bias = bias
        self.random = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.random)

    def conv(self, key: str, inputs: int, outputs: int, kernel: int, bias: bool | None = None):
        self.state[f"{key}.weight"] = (
            self.normal(outputs, inputs, kernel, kernel) / (inputs * kernel**2) ** 0.5
        )
        if self.bias if bias is None else bias:
            self.state[f"{key}.bias"] = 0.1 * self.normal(outputs)

    def transposed(self, key: str, inputs: int, outputs: int, kernel: int, bias=None):
        scale = (inputs * kernel**2 / 4) ** 0.5
        self.state[f"{key}.weight"] = self.normal(inputs, outputs, kernel, kernel) / scale
        if self.bias if bias is None else bias:
            self.state[f"{key}.bias"] = 0.1 * self.normal(outputs)

    def norm(self, key: str, channels: int) -> None:
        if self.norm_kind in ("batch", "affine instance"):
            self.state[f"{key}.weight"] = 1 + 0.2 * self.normal(channels)
            self.state[f"{key}.bias"] = 0.2 * self.normal(channels)
        if self.norm_kind in ("batch", "old instance"):
            self.state[f"{key}.running_mean"] = 0.3 * self.normal(channels)
            self.state[f"{key}.running_var"] = 0.5 + self.normal(channels).abs()
            self.state[f"{key}.num_batches_tracked"] = torch.tensor(7)


def has_bias(norm: str) -> bool:
    """In the pix2pix project a convolution next to an instance norm has one."""
    return "instance" in norm


def normalised(state: State, key: str, x: Tensor, mode: str) -> Tensor:
    weight, bias = state.get(f"{key}.weight"), state.get(f"{key}.bias")
    mean, variance = x.mean((2, 3)), x.var((2, 3), correction=0)
    if mode == "running" and weight is not None and f"{key}.running_mean" in state:
        mean, variance = state[f"{key}.running_mean"][None], state[f"{key}.running_var"][None]
    y = (x - mean[..., None, None]) / (variance[..., None, None] + 1e-5).sqrt()
    if weight is not None and bias is not None:
        y = y * weight[:, None, None] + bias[:, None, None]
    return y


def convolved(state: State, key: str, x: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    return F.conv2d(x, state[f"{key}.weight"], state.get(f"{key}.bias"), stride, padding)


def unet_state(downs: int, ngf: int, inputs: int, outputs: int, norm: str) -> State:
    make = Maker(norm, has_bias(norm))
    channels = [ngf * min(2**i, 8) for i in range(downs)]
    prefix = "model.model"
    for depth, inner in enumerate(channels):
        outer = channels[depth - 1] if depth else outputs
        innermost = depth == downs - 1
        down = 1 if depth else 0
        make.conv(f"{prefix}.{down}", outer if depth else inputs, inner, 4)
        if depth and not innermost:
            make.norm(f"{prefix}.2", inner)
        up = 3 if innermost or not depth else 5
        bias = True if not depth else None
        make.transposed(f"{prefix}.{up}", inner if innermost else 2 * inner, outer, 4, bias)
        if depth:
            make.norm(f"{prefix}.{up + 1}", outer)
        prefix += ".3.model" if depth else ".1.model"
    return make.state


def unet(state: State, x: Tensor, mode: str, norm: str) -> Tensor:
    def level(prefix: str, x: Tensor, depth: int) -> Tensor:
        innermost = f"{prefix}.5.weight" not in state and depth > 0
        y = convolved(
            state, f"{prefix}.{min(depth, 1)}", F.leaky_relu(x, 0.2) if depth else x, 2, 1
        )
        if depth and not innermost and norm != "none":
            y = normalised(state, f"{prefix}.2", y, mode)
        if not innermost:
            y = level(prefix + (".3.model" if depth else ".1.model"), y, depth + 1)
        up = 3 if innermost or not depth else 5
        weight, bias = state[f"{prefix}.{up}.weight"], state.get(f"{prefix}.{up}.bias")
        y = F.conv_transpose2d(F.relu(y), weight, bias, 2, 1)
        if not depth:
            return torch.tanh(y)
        if norm != "none":
            y = normalised(state, f"{prefix}.{up + 1}", y, mode)
        return torch.cat([x, y], 1)

    return level("model.model", x, 0)


def resnet_state(
    ngf: int,
    blocks: int,
    norm: str,
    *,
    inputs: int = 3,
    outputs: int = 3,
    halvings: int = 2,
    bias: bool | None = None,
    dropout: bool = False,
    block: str = "conv_block",
) -> State:
    """CycleGAN's names; pix2pixHD's with ``bias=True`` and three or four halvings."""
    make = Maker(norm, has_bias(norm) if bias is None else bias)
    make.conv("model.1", inputs, ngf, 7)
    make.norm("model.2", ngf)
    at, width = 4, ngf
    for _ in range(halvings):
        make.conv(f"model.{at}", width, 2 * width, 3)
        make.norm(f"model.{at + 1}", 2 * width)
        at, width = at + 3, 2 * width
    second = 6 if dropout else 5
    for _ in range(blocks):
        make.conv(f"model.{at}.{block}.1", width, width, 3)
        make.norm(f"model.{at}.{block}.2", width)
        make.conv(f"model.{at}.{block}.{second}", width, width, 3)
        make.norm(f"model.{at}.{block}.{second + 1}", width)
        at += 1
    for _ in range(halvings):
        make.transposed(f"model.{at}", width, width // 2, 3)
        make.norm(f"model.{at + 1}", width // 2)
        at, width = at + 3, width // 2
    make.conv(f"model.{at + 1}", width, outputs, 7, True)
    return make.state


def resnet(
    state: State, x: Tensor, mode: str, norm: str, blocks: int, halvings: int = 2, second: int = 5
) -> Tensor:
    def norm_relu(key: str, x: Tensor) -> Tensor:
        return F.relu(x if norm == "none" else normalised(state, key, x, mode))

    def mirrored(key: str, x: Tensor, edge: int) -> Tensor:
        return convolved(state, key, F.pad(x, (edge,) * 4, mode="reflect"))

    x = norm_relu("model.2", mirrored("model.1", x, 3))
    at = 4
    for _ in range(halvings):
        x = norm_relu(f"model.{at + 1}", convolved(state, f"model.{at}", x, 2, 1))
        at += 3
    for _ in range(blocks):
        inside = f"model.{at}.conv_block"
        y = norm_relu(f"{inside}.2", mirrored(f"{inside}.1", x, 1))
        y = mirrored(f"{inside}.{second}", y, 1)
        x = x + (y if norm == "none" else normalised(state, f"{inside}.{second + 1}", y, mode))
        at += 1
    for _ in range(halvings):
        weight, bias = state[f"model.{at}.weight"], state.get(f"model.{at}.bias")
        x = norm_relu(f"model.{at + 1}", F.conv_transpose2d(x, weight, bias, 2, 1, 1))
        at += 3
    return torch.tanh(mirrored(f"model.{at + 1}", x, 3))


def condition(channels: int, height: int, width: int, seed: int = 1) -> Tensor:
    """A smooth random picture, 0..1."""
    coarse = torch.rand(1, channels, 5, 7, generator=torch.Generator().manual_seed(seed))
    return F.interpolate(coarse, (height, width), mode="bilinear")[0]
