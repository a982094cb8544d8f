"""The built-in backends, registered like any plugin's: each is imported when it is used."""

from __future__ import annotations

from typing import Any

from livegan.plugin import RegisterOffer, hookimpl


def torch() -> Any:
    """torch: always there; float32, and bf16 on CPUs that have it."""
    from livegan.generators.backends.torch_backend import TorchBackend

    return TorchBackend()


def openvino() -> Any:
    """OpenVINO: float32, int8 and bf16 on CPUs; Intel's graphics and NPUs."""
    from livegan.generators.backends.openvino_backend import OpenVino

    return OpenVino()


def onnxruntime() -> Any:
    """onnxruntime: float32 on CPUs; CUDA, TensorRT, DirectML and CoreML where installed."""
    from livegan.generators.backends.onnxruntime_backend import OnnxRuntime

    return OnnxRuntime()


@hookimpl
def register_backends(register: RegisterOffer) -> None:
    """Offer what runs networks."""
    for make in (torch, openvino, onnxruntime):
        register(make)
