"""A module made ready to paint: norms folded or taken from the frame, dropout off or seeded.

What is made here shares its tensors with the module that it is made from where it can, and is never
changed by painting, so that two threads may paint with it.
"""

from __future__ import annotations

import contextlib
import contextvars
import copy
import itertools
from collections.abc import Iterator
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NormMode = Literal["frame", "running"]

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


def prepare(
    module: nn.Module,
    norm: NormMode,
    *,
    dropout: bool = False,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    exact: bool = False,
) -> nn.Module:
    """A copy of `module` that paints in `dtype` on `device`; `module` stays as it is.

    Parameters
    ----------
    norm : ``"running"`` folds a batch norm into the convolution before it, which is exact;
        ``"frame"`` takes the statistics of the picture, as the pix2pix project does when it tests.
        Instance norms take those of the picture in both.
    dropout : keep it on, as that project does when it tests; it flickers.
    exact : do as the original does, operation by operation, so that even the rounding is its own:
        nothing folded, no other memory layout.
    """
    shared: dict[int, object] = {id(tensor): tensor for tensor in module.buffers()}
    for parameter in module.parameters():  # a new object each: Module.to() changes them in place
        shared[id(parameter)] = nn.Parameter(parameter.data, requires_grad=False)
    copied: nn.Module = copy.deepcopy(module, shared)
    ready = copied.eval()
    for parent in list(ready.modules()):
        if isinstance(parent, nn.Sequential) and norm == "running" and not exact:
            fold(parent)
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Dropout):
                setattr(parent, name, Dropout() if dropout else nn.Identity())
            elif isinstance(child, nn.InstanceNorm2d) or (
                isinstance(child, nn.BatchNorm2d) and norm == "frame"
            ):
                setattr(parent, name, FrameNorm(child, exact=exact))
    # Norms keep float32 weights where the device can mix them with pictures of less.
    mixes = torch.device(device).type in ("cpu", "cuda")
    for each in ready.modules():
        if not list(each.children()):
            precise = mixes and isinstance(each, (FrameNorm, nn.BatchNorm2d))
            each.to(device, torch.float32 if precise else dtype)
    for parameter in ready.parameters():
        if parameter.ndim == 4 and not exact:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return ready


def fold(layers: nn.Sequential) -> None:
    """Put each batch norm of a Sequential into the convolution right before it."""
    for before, name in itertools.pairwise(list(layers._modules)):
        conv, batch = layers._modules[before], layers._modules[name]
        if isinstance(conv, (nn.Conv2d, nn.ConvTranspose2d)) and isinstance(batch, nn.BatchNorm2d):
            layers._modules[before] = folded(conv, batch)
            layers._modules[name] = nn.Identity()


def folded(conv: nn.Conv2d | nn.ConvTranspose2d, norm: nn.BatchNorm2d) -> nn.Module:
    """One convolution that does what `conv` and then `norm` in eval mode do."""
    assert norm.running_mean is not None and norm.running_var is not None
    scale = norm.weight.double() * (norm.running_var.double() + norm.eps).rsqrt()
    offset = norm.bias.double() - norm.running_mean.double() * scale
    if conv.bias is not None:
        offset = offset + conv.bias.double() * scale
    shape = (1, -1, 1, 1) if isinstance(conv, nn.ConvTranspose2d) else (-1, 1, 1, 1)
    one = copy.copy(conv)
    one._parameters = dict(conv._parameters)
    one.weight = nn.Parameter(conv.weight * scale.float().view(shape), requires_grad=False)
    one.bias = nn.Parameter(offset.float(), requires_grad=False)
    return one
