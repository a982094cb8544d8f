"""Which device paints: named, or the best there is."""

from __future__ import annotations

import torch
from torch import Tensor

from .errors import ModelError


def choose_device(device: str | torch.device = "auto") -> torch.device:
    """``"cpu"``, ``"cuda"``, ``"cuda:1"`` or ``"mps"`` as a device.

    ``"auto"`` is a CUDA GPU, else an Apple one, else the CPU.

    Raises
    ------
    ModelError
        If it is not there; says what is.
    """
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.insert(0, "mps")
    if torch.cuda.is_available():
        there[:0] = ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    name = there[0] if str(device) == "auto" else str(device)
    if name not in there:
        raise ModelError(f"there is no device {name!r} here; there is: auto, {', '.join(there)}")
    return torch.device(name)


def works_alone(device: torch.device) -> bool:
    """Whether a device does what it is given in its own time, while the program goes on: a graphics
    card does.  Whoever looks at a number of its tensors waits for all that it was given before."""
    return device.type == "cuda"


def sent(tensor: Tensor, device: torch.device) -> Tensor:
    """A tensor on a device.  Nobody waits for a graphics card, which fetches it from memory that is
    pinned when its turn comes."""
    if works_alone(device) and tensor.device.type == "cpu":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
