"""The device that plays, in words for people."""

from __future__ import annotations

import platform

import torch

from livegan.generators.device import choose_device as choose_device
from livegan.generators.precision import choose_precision


def describe_device(device: torch.device) -> tuple[str, str]:
    """(name of the device, precision that generators run in by default)."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        name = platform.processor() or platform.machine() if device.type == "cpu" else "Apple GPU"
    return name, str(choose_precision("auto", device)).replace("torch.", "")
