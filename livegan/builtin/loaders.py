"""The built-in formats of checkpoints, registered like any plugin's.

A loader is ``read(data, path, card)``: the bytes of a file, where it lies, and its card; it gives a
`livegan.generators.Checkpoint`, or None for a file of another format.  A loader that also names
``trust`` is given whether the performer trusts a file that is a program.
"""

from __future__ import annotations

from typing import Any

from livegan.plugin import RegisterOffer, hookimpl


def weights(data: bytes, path: Any, card: Any) -> Any:
    """Safetensors and PyTorch files: tensors of a network that livegan knows; never code."""
    from livegan.generators.checkpoint import read_weights

    return read_weights(data, path, card)


def torchscript(data: bytes, path: Any, card: Any, trust: bool = False) -> Any:
    """TorchScript archives, which carry their own program: only with trust=True."""
    from livegan.generators.checkpoint import read_torchscript

    return read_torchscript(data, path, card, trust=trust)


def onnx(data: bytes, path: Any, card: Any, trust: bool = False) -> Any:
    """ONNX files, run by onnxruntime; operators of their own only with trust=True."""
    from livegan.generators.checkpoint import read_onnx

    return read_onnx(data, path, card, trust=trust)


def diffusers(data: bytes, path: Any, card: Any) -> Any:
    """Folders in the layout of diffusers: Stable Diffusion, its turbo kinds, and others."""
    from livegan.generators.checkpoint import read_diffusers

    return read_diffusers(data, path, card)


@hookimpl
def register_generator_loaders(register: RegisterOffer) -> None:
    """Offer every format that livegan reads by itself."""
    for loader in (diffusers, onnx, torchscript, weights):
        # Under python -OO there are no docstrings.
        register(loader)
