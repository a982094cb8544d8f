"""Which device plays: named, or the best there is."""

from __future__ import annotations

import platform

import torch

from livegan.generators.precision import choose_precision


class DeviceError(ValueError):
    """A device that was asked for is not there."""


def choose_device(text: str = "auto") -> torch.device:
    """``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps`` as a device.

    Raises
    ------
    DeviceError
        If it is not there; says what is.
    """
    if text == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    there = ["cpu"]
    if torch.cuda.is_available():
        there += ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        there.append("mps")
    if text not in there:
        raise DeviceError(f"there is no device {text!r} here; there is: auto, {', '.join(there)}")
    return torch.device(text)


def describe_device(device: torch.device) -> tuple[str, str]:
    """(name of the device, precision that generators run in by default)."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        name = platform.processor() or platform.machine() if device.type == "cpu" else "Apple GPU"
    return name, str(choose_precision("auto", device)).replace("torch.", "")
