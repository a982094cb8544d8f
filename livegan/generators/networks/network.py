"""A module made ready to paint: norms folded or taken from the frame, dropout off or seeded.

What is made here shares its tensors with the module that it is made from where it can, and is never
changed by painting, so that two threads may paint with it.
"""

from __future__ import annotations

import contextlib
import contextvars
import copy
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NormMode = Literal["frame", "running"]

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)

_noise: contextvars.ContextVar[torch.Generator | None] = contextvars.ContextVar(
    "noise", default=None
)


class FrameNorm(nn.Module):
    """Norm by the statistics of this one picture.

    For one picture, batch norm in train mode and instance norm are the same: mean and biased
    variance of each channel over its pixels.  torch's batch norm is the faster of the two here (up
    to 20 times), and is told of no running statistics, so it has none to change.  Exact is the
    function that the original calls, whose rounding differs.
    """

    def __init__(self, norm: nn.BatchNorm2d | nn.InstanceNorm2d, *, exact: bool = False) -> None:
        super().__init__()
        self.instance = exact and isinstance(norm, nn.InstanceNorm2d)
        self.weight = norm.weight
        self.bias = norm.bias
        self.eps = norm.eps

    def forward(self, x: Tensor) -> Tensor:
        if self.instance:
            return F.instance_norm(x, None, None, self.weight, self.bias, eps=self.eps)
        return F.batch_norm(x, None, None, self.weight, self.bias, training=True, eps=self.eps)


class PictureNorm(nn.Module):
    """What :class:`FrameNorm` does, for each picture of a batch: as other programs know it."""

    def __init__(self, norm: FrameNorm) -> None:
        super().__init__()
        self.weight = norm.weight
        self.bias = norm.bias
        self.eps = norm.eps

    def forward(self, x: Tensor) -> Tensor:
        return F.instance_norm(x, None, None, self.weight, self.bias, eps=self.eps)


def with_picture_norms(network: nn.Module) -> nn.Module:
    """The same network, itself changed, with norms that can be written for other programs."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, FrameNorm):
                parent._modules[name] = PictureNorm(child)
    return network


class Dropout(nn.Module):
    """Each value is dropped with probability 0.5, by the noise of :func:`seeded`."""

    def forward(self, x: Tensor) -> Tensor:
        keep = torch.empty(x.shape, device=x.device).bernoulli_(0.5, generator=_noise.get())
        return x * keep.to(x.dtype).mul_(2.0)


@contextlib.contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Within it, and only in this thread, dropout draws from this seed."""
    token = _noise.set(torch.Generator(device).manual_seed(seed))
    try:
        yield
    finally:
        _noise.reset(token)


class PaintPlan:
    """How the network that paints is made of a module's tensors; made once, filled many times.

    Parameters
    ----------
    module : stays as it is.
    norm : ``"running"`` folds a batch norm into the convolution before it, which is exact;
        ``"frame"`` takes the statistics of the picture, as the pix2pix project does when it tests.
        Instance norms take those of the picture in both.
    dropout : keep it on, as that project does when it tests; it flickers.
    device, dtype : where, and in what, it paints.
    exact : do as the original does, operation by operation, so that even the rounding is its own:
        nothing folded, no other memory layout.
    """

    def __init__(
        self,
        module: nn.Module,
        norm: NormMode,
        *,
        dropout: bool = False,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        exact: bool = False,
    ) -> None:
        self.device = torch.device(device)
        self.dtype = dtype
        self.exact = exact
        self.folds: dict[str, tuple[str, float]] = {}
        self.skeleton = replica(module)
        for path, parent in list(self.skeleton.named_modules()):
            if isinstance(parent, nn.Sequential) and norm == "running" and not exact:
                self._fold(f"{path}." if path else "", parent)
            for name, child in list(parent.named_children()):
                if isinstance(child, nn.Dropout):
                    parent._modules[name] = Dropout() if dropout else nn.Identity()
                elif isinstance(child, nn.InstanceNorm2d) or (
                    isinstance(child, nn.BatchNorm2d) and norm == "frame"
                ):
                    parent._modules[name] = FrameNorm(child, exact=exact)

    def _fold(self, path: str, layers: nn.Sequential) -> None:
        """Note the convolutions that are followed by a batch norm, and take that out."""
        for before, name in itertools.pairwise(list(layers._modules)):
            conv, batch = layers._modules[before], layers._modules[name]
            if isinstance(conv, CONVOLUTIONS) and isinstance(batch, nn.BatchNorm2d):
                self.folds[path + before] = (path + name, batch.eps)
                layers._modules[name] = nn.Identity()

    def fill(self, tensors: Mapping[str, Tensor]) -> nn.Module:
        """A new network with these tensors, named as in the module; shares them where it can."""
        network = replica(self.skeleton)
        for own, key, tensor, precise in self._placed(network, tensors):
            own[key] = self._own(tensor, precise=precise)
        return network.eval()

    def refill(self, network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
        """Put other tensors into a network that `fill` made, into the memory that it has."""
        with torch.inference_mode():
            for own, key, tensor, _ in self._placed(network, tensors):
                if tensor.is_floating_point():
                    own[key].copy_(tensor)

    def _placed(
        self, network: nn.Module, tensors: Mapping[str, Tensor]
    ) -> Iterator[tuple[dict[str, Any], str, Tensor, bool]]:
        """Where each tensor of a network belongs, and whether it keeps float32."""
        for path, layer in network.named_modules():
            if path in self.folds:
                weight, bias = self._folded(path, isinstance(layer, nn.ConvTranspose2d), tensors)
                yield layer._parameters, "weight", weight, False
                yield layer._parameters, "bias", bias, False
                continue
            # Norms keep float32 where the device can mix that with pictures of less.
            precise = isinstance(layer, (FrameNorm, nn.BatchNorm2d)) and self.device.type != "mps"
            for own in (layer._parameters, layer._buffers):
                for key, value in list(own.items()):
                    if value is not None:
                        yield own, key, tensors[f"{path}.{key}"], precise

    def _own(self, tensor: Tensor, *, precise: bool = False) -> nn.Parameter:
        dtype = torch.float32 if precise else self.dtype
        tensor = tensor.detach().to(self.device, dtype if tensor.is_floating_point() else None)
        if tensor.ndim == 4 and not self.exact:
            tensor = tensor.contiguous(memory_format=torch.channels_last)
        return nn.Parameter(tensor, requires_grad=False)

    def _folded(
        self, path: str, transposed: bool, tensors: Mapping[str, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Weight and bias that do what the convolution and then the norm in eval mode do."""
        norm, eps = self.folds[path]
        wide = torch.float32 if self.device.type == "mps" else torch.float64
        gain, offset, mean, variance = (
            tensors[f"{norm}.{key}"].to(wide)
            for key in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain * (variance + eps).rsqrt()
        old = tensors.get(f"{path}.bias")
        bias = offset - mean * scale if old is None else offset + (old.to(wide) - mean) * scale
        shape = (1, -1, 1, 1) if transposed else (-1, 1, 1, 1)
        return tensors[f"{path}.weight"] * scale.float().view(shape), bias.float()


def replica(module: nn.Module) -> nn.Module:
    """The same modules anew, with the same tensors: what is put into one is not in the other."""
    new = copy.copy(module)
    new._parameters = dict(module._parameters)
    new._buffers = dict(module._buffers)
    new._modules = {
        name: replica(child) if child is not None else None
        for name, child in module._modules.items()
    }
    return new
