"""Networks that carry their own program: TorchScript archives and ONNX graphs."""

from __future__ import annotations

import io
import threading
import warnings
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from .errors import ModelError

MULTIPLES = (1, 4, 32, 64, 128, 256, 512)
"""Tried in turn when a network refuses a size: it does not say what it needs."""


class Foreign(Protocol):
    """What a runner needs of a network that it cannot look into."""

    in_channels: int
    out_channels: int

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """The nearest size believed to work."""

    def run(self, x: Tensor) -> Tensor:
        """(1, in_channels, H, W) float32 in -1..1 → (1, out_channels, H', W') float32."""

    def to(self, device: torch.device) -> None:
        """Where it runs from now on."""


class Sized:
    """Learns which sizes a network takes by trying them once."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], tuple[int, int]] = {}
        self.fixed: tuple[int | None, int | None] = (None, None)
        self.lock = threading.Lock()

    def run(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """The nearest size that works.

        Raises
        ------
        ModelError
            If the network refuses all that were tried; the message is its own.
        """
        wanted = (self.fixed[0] or height, self.fixed[1] or width)
        with self.lock:
            if wanted not in self.known:
                self.known[wanted] = self.search(*wanted)
            return self.known[wanted]

    def search(self, height: int, width: int) -> tuple[int, int]:
        refusal = ""
        for multiple in MULTIPLES:
            size = tuple(
                fixed or max(1, round(side / multiple)) * multiple
                for side, fixed in zip((height, width), self.fixed, strict=True)
            )
            try:
                self.probe(size[0], size[1])
            except Exception as error:  # whatever the network's program raises
                refusal = str(error).strip().splitlines()[-1][:160] if str(error) else repr(error)
            else:
                return size[0], size[1]
        raise ModelError(f"{self} cannot paint {width}x{height}: {refusal}; try another size=")

    in_channels: int = 3
    out_channels: int = 3

    def probe(self, height: int, width: int) -> None:
        out = self.run(torch.zeros(1, self.in_channels, height, width))
        if out.ndim != 4 or out.shape[0] != 1:
            raise ValueError(f"it returns {tuple(out.shape)}, not a picture (1, C, H, W)")
        self.out_channels = int(out.shape[1])


class ScriptedNetwork(Sized):
    """A TorchScript archive; it runs in TorchScript's own interpreter, not in Python."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.device = torch.device("cpu")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch calls TorchScript deprecated
                read: Any = torch.jit.load  # untyped in torch
                self.script = read(io.BytesIO(data), map_location="cpu").eval()
        except Exception as error:
            reason = str(error).strip().splitlines()[0][:120]
            raise ModelError(
                f"a damaged TorchScript archive ({reason}); export it again"
            ) from error
        weights = [p for p in self.script.parameters() if p.ndim == 4]
        self.in_channels = int(weights[0].shape[1]) if weights else 3
        self.fit(256, 256)

    def __str__(self) -> str:
        return "TorchScript"

    def to(self, device: torch.device) -> None:
        self.script.to(device)
        self.device = device

    def run(self, x: Tensor) -> Tensor:
        with torch.inference_mode():
            out = self.script(x.to(self.device))
        if not isinstance(out, Tensor):
            raise ModelError(f"TorchScript returns a {type(out).__name__}, not one picture")
        return out.float()


class OnnxNetwork(Sized):
    """An ONNX graph under onnxruntime: the pip extra ``livegan[onnx]``."""

    def __init__(self, data: bytes, path: Path) -> None:
        super().__init__()
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelError("ONNX needs onnxruntime: pip install 'livegan[onnx]'") from error
        self.runtime = onnxruntime
        self.path = path
        self.session = self.open(data, ["CPUExecutionProvider"])
        inputs = self.session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            shapes = ", ".join(f"{each.name} {each.shape}" for each in inputs)
            raise ModelError(f"its inputs are {shapes}; a generator has one, (1, C, H, W)")
        self.input = inputs[0].name
        self.half = "float16" in inputs[0].type
        _, channels, height, width = (n if isinstance(n, int) else None for n in inputs[0].shape)
        self.in_channels = channels or 3
        self.fixed = (height, width)
        self.data = data
        self.fit(256, 256)

    def __str__(self) -> str:
        return "ONNX"

    def open(self, data: bytes, providers: list[str]) -> Any:
        options = self.runtime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = torch.get_num_threads()
        try:
            beside = self.path.with_name(self.path.name + ".data")
            source = str(self.path) if beside.is_file() else data
            return self.runtime.InferenceSession(source, options, providers=providers)
        except Exception as error:
            reason = str(error).strip().splitlines()[0][:120]
            raise ModelError(f"damaged, or not ONNX ({reason}); export it again") from error

    def to(self, device: torch.device) -> None:
        available = self.runtime.get_available_providers()
        if device.type == "cuda" and "CUDAExecutionProvider" in available:
            self.session = self.open(self.data, ["CUDAExecutionProvider", "CPUExecutionProvider"])

    def run(self, x: Tensor) -> Tensor:
        array = x.detach().to("cpu", torch.float16 if self.half else torch.float32).numpy()
        out = self.session.run(None, {self.input: np.ascontiguousarray(array)})[0]
        return torch.from_numpy(np.asarray(out)).float()
