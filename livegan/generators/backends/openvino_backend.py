"""OpenVINO: networks on CPUs in float32, int8 and bf16, on Intel's graphics and on NPUs."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import threading
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from livegan.generators.precision import cpu_likes_bfloat16

from .backend import CannotPlay, NetworkSpec, Run
from .graphs import drop, graph_file
from .quantising import quantised

DEVICES = {"gpu": "GPU", "npu": "NPU"}
"""Variants that are other devices; on those, OpenVINO chooses the precision."""


class OpenVino:
    """``""`` is float32 on the CPU, ``"int8"`` needs a calibration."""

    known = ("", "int8", "bf16", *DEVICES)

    def missing(self) -> str:
        if importlib.util.find_spec("openvino") is None:
            return "it needs OpenVINO: pip install openvino"
        return ""

    def version(self) -> str:
        return importlib.metadata.version("openvino")

    def variants(self) -> tuple[str, ...]:
        there = {name.partition(".")[0] for name in core().available_devices}
        found = [name for name, device in DEVICES.items() if device in there]
        return ("", "int8", *(("bf16",) if cpu_likes_bfloat16() else ()), *found)

    def open(self, spec: NetworkSpec, variant: str) -> Run:
        whole = variant != "int8"
        if not whole and spec.ranges is None:
            raise CannotPlay("int8 needs a calibration: livegan models NAME --tune")
        kind = f"openvino {self.version()}" + ("" if whole else " int8")

        def write(path: Path) -> None:
            import openvino

            network = spec.network()
            if not whole:
                assert spec.ranges is not None
                network = quantised(network, spec.ranges)
            openvino.save_model(read_module(network, spec.shape), path, compress_to_fp16=False)

        file = graph_file(spec, kind, "graph.xml", write)
        try:
            return Requests(core().compile_model(str(file), *how(variant, spec.threads)))
        except RuntimeError as error:
            drop(file)
            raise CannotPlay(f"OpenVINO: {reason_of(error)}") from error


def how(variant: str, threads: int) -> tuple[str, dict[str, Any]]:
    """The device and the options of a compiled network."""
    if variant in DEVICES:
        return DEVICES[variant], {"PERFORMANCE_HINT": "LATENCY"}
    return "CPU", {
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": threads,
        # A thread of ours may run on any core; several networks are pinned to the same ones else.
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "bf16" if variant == "bf16" else "f32",
    }


@functools.cache
def core() -> Any:
    """OpenVINO's entry, made when it is first needed: half a second."""
    import openvino

    return openvino.Core()


def read_module(network: nn.Module, shape: tuple[int, ...]) -> Any:
    """An ``openvino.Model`` of a module, for inputs of exactly this shape.

    OpenVINO's own ``convert_model`` does the same, and reports its use to its makers.
    """
    from openvino import PartialShape
    from openvino._offline_transformations import (
        apply_moc_transformations,
        compress_quantize_weights_transformation,
    )
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls TorchScript deprecated, and traces warn
        trace: Any = torch.jit.trace  # untyped in torch
        # Tracing twice more to compare, as is usual, takes most of the time.
        traced = trace(network, torch.zeros(shape), check_trace=False)
        decoder = TorchScriptPythonDecoder(traced)
        frontend = FrontEndManager().load_by_framework("pytorch")
        model = frontend.convert(frontend.load(decoder))
    model.inputs[0].get_node().set_partial_shape(PartialShape(list(shape)))
    model.validate_nodes_and_infer_types()
    # Without the first, what torch rounds to 8 bits stays float32 and takes twice as long
    # (measured); the second keeps weights of 8 bits as such, in a quarter of the bytes.
    apply_moc_transformations(model, cf=False, smart_reshape=True)
    compress_quantize_weights_transformation(model)
    return model


def reason_of(error: Exception) -> str:
    """What OpenVINO says, without the places in its source."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = [line for line in lines if line and not line.startswith("Exception from")]
    return (said or [type(error).__name__])[-1][:160]


class Requests:
    """A compiled network; each thread that calls it at once has a request of its own."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._shape = tuple(compiled.output(0).shape)
        self._free: list[Any] = []
        self._lock = threading.Lock()

    def __call__(self, x: Tensor) -> Tensor:
        import openvino

        with self._lock:
            request = self._free.pop() if self._free else None
        if request is None:
            request = self._compiled.create_infer_request()
        given = x.detach().contiguous()
        out = torch.empty(self._shape)
        request.set_input_tensor(openvino.Tensor(given.numpy(), shared_memory=True))
        request.set_output_tensor(openvino.Tensor(out.numpy(), shared_memory=True))
        request.infer()
        with self._lock:
            self._free.append(request)
        return out
