"""The built-in formats of checkpoints, registered like any plugin's.

A loader is ``read(data, path, card)``: the bytes of a file, where it lies, and its card; it gives a
`livegan.generators.Checkpoint`, or None for a file of another format.
"""

from __future__ import annotations

from typing import Any

from livegan.plugin import hookimpl


def weights(data: bytes, path: Any, card: Any) -> Any:
    """Safetensors and PyTorch files: tensors of a network that livegan knows; never code."""
    from livegan.generators.checkpoint import read_weights

    return read_weights(data, path, card)


def torchscript(data: bytes, path: Any, card: Any) -> Any:
    """TorchScript archives, which carry their own network."""
    from livegan.generators.checkpoint import read_torchscript

    return read_torchscript(data, path, card)


def onnx(data: bytes, path: Any, card: Any) -> Any:
    """ONNX files, run by onnxruntime."""
    from livegan.generators.checkpoint import read_onnx

    return read_onnx(data, path, card)


@hookimpl
def register_generator_loaders(register: Any) -> None:
    """Offer every format that livegan reads by itself."""
    for loader in (onnx, torchscript, weights):
        register(loader.__name__, loader, (loader.__doc__ or "").splitlines()[0])
