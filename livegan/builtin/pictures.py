"""What an encoder or a leaf returned, as a picture: (3, H, W) float32, 0..1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from livegan.plugin.declare import Operation

if TYPE_CHECKING:
    from torch import Tensor

FORMS = "(H, W), (H, W, 1), (1, H, W), (H, W, 3) or (3, H, W)"


def as_picture(array: Any, device: Any = "cpu", size: tuple[int, int] | None = None) -> Tensor:
    """``array`` as a picture on ``device``: (3, H, W) float32, contiguous, held inside 0..1.

    Parameters
    ----------
    array : numpy array or torch tensor, floating point 0..1, bool, or uint8 0..255, of shape
        (H, W), (H, W, 1), (1, H, W), (H, W, 3) or (3, H, W).  Where both ends have one or three,
        the first is the channels, unless only the other way it has ``size``.
    size : (H, W) that was asked for, if one was.

    Raises
    ------
    NoPicture
        If it is of another shape or type, or empty; the message names what it is.

    What is not a number stays so: whoever plays the picture says what to do about it.
    """
    import torch

    from livegan.generators.device import sent

    if isinstance(array, torch.Tensor):
        tensor = array.detach()
    elif isinstance(array, np.ndarray):
        kind = array.dtype.kind
        if kind not in "fb" and array.dtype != np.uint8:
            raise refusal(f"an array of {array.dtype}")
        if kind == "f" and array.dtype.itemsize > 8:
            array = array.astype(np.float32)
        # Torch takes neither backward steps, nor foreign byte order, nor what is read-only.
        native = array.dtype.newbyteorder("=")
        if not array.flags.writeable:
            array = array.copy()
        tensor = torch.from_numpy(np.ascontiguousarray(array, native))
    else:
        raise refusal("None" if array is None else f"a {type(array).__name__}")
    shape = tuple(tensor.shape)
    if tensor.ndim == 2:
        tensor = tensor[None]
    elif tensor.ndim == 3 and shape[2] in (1, 3):
        only_so = size is not None and shape[:2] == tuple(size) != shape[1:]
        if shape[0] not in (1, 3) or only_so:
            tensor = tensor.permute(2, 0, 1)
    if tensor.ndim != 3 or tensor.shape[0] not in (1, 3) or 0 in shape:
        raise refusal(f"an array of shape {shape}")
    tensor = sent(tensor, torch.device(device))
    if tensor.dtype == torch.uint8:
        tensor = tensor.to(torch.float32) / 255
    elif tensor.is_floating_point() or tensor.dtype == torch.bool:
        tensor = tensor.to(torch.float32).clamp(0, 1)
    else:
        raise refusal(f"an array of {str(tensor.dtype).removeprefix('torch.')}")
    return tensor.expand(3, -1, -1).contiguous()


def in_range(operation: Operation) -> bool:
    """Whether what it returns needs no check: a picture as `as_picture` makes them, and finite, if
    the pictures are that it is given.

    Only what livegan brings can say so of itself, by an attribute ``in_range`` of the function.
    Limiting and checking a picture takes as long as drawing it.
    """
    make = operation.make
    return bool(getattr(make, "in_range", False)) and make.__module__.startswith("livegan.")


class NoPicture(ValueError):
    """What an encoder, a mixer or a leaf returned cannot be shown."""


def refusal(found: str) -> NoPicture:
    """The error for something that is no picture."""
    return NoPicture(
        f"{found} is no picture: return float 0..1 or uint8 of shape {FORMS}, numpy or torch"
    )
