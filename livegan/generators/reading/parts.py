"""Weights that a weight norm or a spectral norm keeps in parts, put together again."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

PARAMETRISED = ".parametrizations."


def joined(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict as it is after torch's ``remove_weight_norm``, ``remove_spectral_norm`` or
    ``remove_parametrizations`` in eval mode; one without such norms stays as it is.

    Weight norm is w = g v / |v| (Salimans and Kingma 2016), spectral norm w / (u' w v) with the
    vectors of the last step of its training (Miyato et al. 2018).
    """
    whole = dict(tensors)
    for key in tensors:
        if key.endswith(f"{PARAMETRISED}weight.original0"):
            weight_norm(whole, key, key[:-1] + "1", key.partition(PARAMETRISED)[0] + ".weight")
        elif key.endswith(f"{PARAMETRISED}weight.original"):
            name = key.removesuffix("original")
            u, v = f"{name}0._u", f"{name}0._v"
            spectral_norm(whole, key, u, v, key.partition(PARAMETRISED)[0] + ".weight")
        elif key.endswith("weight_g"):
            weight_norm(whole, key, key[:-1] + "v", key.removesuffix("_g"))
        elif key.endswith(("weight_orig", "weight_bar")):
            name = key.rpartition("_")[0]
            spectral_norm(whole, key, f"{name}_u", f"{name}_v", name)
    return whole


def weight_norm(whole: dict[str, Tensor], length: str, direction: str, name: str) -> None:
    """Put ``name`` in the place of the two."""
    g, v = whole.get(length), whole.get(direction)
    if g is None or v is None or not v.is_floating_point():
        return
    kept = [axis for axis in range(v.ndim) if g.ndim == v.ndim and g.shape[axis] != 1]
    over = [axis for axis in range(v.ndim) if axis not in kept]
    if g.ndim not in (0, v.ndim) or any(g.shape[axis] != v.shape[axis] for axis in kept):
        return
    size = torch.linalg.vector_norm(v.float(), dim=over or None, keepdim=True)
    del whole[length], whole[direction]
    whole[name] = (g.float() * v.float() / size).to(v.dtype)


def spectral_norm(
    whole: dict[str, Tensor], original: str, left: str, right: str, name: str
) -> None:
    """Put ``name`` in the place of the three."""
    w, u, v = whole.get(original), whole.get(left), whole.get(right)
    if w is None or u is None or v is None or w.ndim < 2 or not w.is_floating_point():
        return
    # A convolution is flattened by its first axis, a transposed one by its second; where both are
    # as long, the vectors are those of the axis along which they find the larger value.
    values = [
        torch.dot(u.float(), matrix @ v.float())
        for axis in (0, 1)
        if u.shape == (w.shape[axis],)
        for matrix in [w.float().movedim(axis, 0).flatten(1)]
        if v.shape == matrix.shape[1:]
    ]
    if not values:
        return
    del whole[original], whole[left], whole[right]
    whole[name] = (w.float() / max(values, key=lambda value: abs(float(value)))).to(w.dtype)
