"""onnxruntime: networks on CPUs, and on whatever its other packages have a provider for."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from livegan.generators.export import as_onnx
from livegan.generators.foreign.onnx_session import options, runtime

from .backend import CannotPlay, NetworkSpec, Run
from .graphs import drop, graph_file

PROVIDERS = {
    "": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
"""By variant; all but the first are in other builds of onnxruntime."""
PACKAGES = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino")


class OnnxRuntime:
    """``""`` is float32 on the CPU; other variants are its providers, where installed."""

    known = tuple(PROVIDERS)

    def missing(self) -> str:
        needed = ("onnxruntime", "onnx", "onnxscript")
        if all(importlib.util.find_spec(name) is not None for name in needed):
            return ""
        return "it needs onnxruntime and what writes ONNX: pip install 'livegan[onnx]'"

    def version(self) -> str:
        for name in PACKAGES:
            try:
                return f"{name} {importlib.metadata.version(name)}"
            except importlib.metadata.PackageNotFoundError:
                continue
        return ""

    def variants(self) -> tuple[str, ...]:
        there = runtime().get_available_providers()
        return tuple(name for name, provider in PROVIDERS.items() if provider in there)

    def open(self, spec: NetworkSpec, variant: str) -> Run:
        def write(path: Path) -> None:
            path.write_bytes(as_onnx(spec.checkpoint, norm=spec.norm, size=spec.size))

        file = graph_file(spec, f"onnx torch {torch.__version__}", "graph.onnx", write)
        try:
            session = runtime().InferenceSession(
                file.read_bytes(), options(spec.threads), providers=[PROVIDERS[variant]]
            )
        except Exception as error:  # it has a type for every way to fail
            drop(file)
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
            raise CannotPlay(f"onnxruntime: {reason}") from error
        if PROVIDERS[variant] not in session.get_providers():
            raise CannotPlay(f"onnxruntime does not start {PROVIDERS[variant]} on this machine")
        return Session(session)


class Session:
    """A session, as a backend's function; onnxruntime lets threads run one at once."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._name = session.get_inputs()[0].name

    def __call__(self, x: Tensor) -> Tensor:
        given = x.detach().contiguous().numpy()
        return torch.from_numpy(self._session.run(None, {self._name: given})[0])
