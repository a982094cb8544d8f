"""A network that OpenVINO runs on a CPU, as livegan paints with it.

OpenVINO's intermediate representation is two files: ``NAME.xml`` is the graph, ``NAME.bin`` its
weights.  https://docs.openvino.ai/2026/documentation/openvino-ir-format.html
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import torch
from torch import Tensor

from livegan.generators import Card, Checkpoint, ModelError

MULTIPLE = 32
"""Of a network without a size of its own, sides are rounded to this: what halves a picture five
times takes any of them."""


class OpenVinoNetwork:
    """One network, compiled.  OpenVINO's requests keep what they work on: one a call."""

    concurrent = True

    def __init__(self, model: Any) -> None:
        shape = model.inputs[0].partial_shape
        self.in_channels = int(shape[1].get_length())
        self.out_channels = int(model.outputs[0].partial_shape[1].get_length())
        fixed = [side.get_length() if side.is_static else None for side in (shape[2], shape[3])]
        self.fixed: tuple[int | None, int | None] = (fixed[0], fixed[1])
        # As its author's program computes it: by default some CPUs take numbers of 16 bits.
        exact = {"INFERENCE_PRECISION_HINT": "f32"}
        self.compiled = openvino.Core().compile_model(model, "CPU", exact)

    def __str__(self) -> str:
        return "a network of OpenVINO"

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """Its own size, or the nearest sides that are multiples of 32."""
        sides = [
            own or max(1, round(side / MULTIPLE)) * MULTIPLE
            for own, side in zip(self.fixed, (height, width), strict=True)
        ]
        return sides[0], sides[1]

    def to(self, device: torch.device) -> None:
        """It stays on the CPU; pictures come and go."""

    def run(self, x: Tensor) -> Tensor:
        """(1, C, H, W) float32 in -1..1 to the same."""
        request = self.compiled.create_infer_request()
        request.infer([np.ascontiguousarray(x.detach().cpu().numpy())])
        return torch.from_numpy(request.get_output_tensor(0).data.copy()).to(x.device)


def checkpoint_in(data: bytes, path: Path, card: Card) -> Checkpoint:
    """Read a graph, and the weights beside it.

    Raises
    ------
    ModelError
        If the weights are not there, or one of both is damaged or no generator; one line.
    """
    weights = path.with_suffix(".bin")
    try:
        parts = weights.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelError(f"its weights, {weights.name}, cannot be read: {reason}") from None
    try:
        model = openvino.Core().read_model(data, parts)
        check(model)
        network = OpenVinoNetwork(model)
    except (RuntimeError, ValueError, IndexError) as error:
        line = str(error).strip().splitlines()[-1].strip()
        raise ModelError(f"OpenVINO does not take it ({line}); convert it again") from None
    return Checkpoint(
        architecture=None,
        tensors={},
        card=card,
        digest=hashlib.sha256(data + parts).hexdigest(),
        path=path,
        foreign=network,
    )


def check(model: Any) -> None:
    """A :class:`ModelError` unless it takes one picture and gives one."""
    for what, ports in (("takes", model.inputs), ("gives", model.outputs)):
        if len(ports) != 1:
            raise ModelError(f"it {what} {len(ports)} tensors; a generator {what} one picture")
        shape = ports[0].partial_shape
        if shape.rank.is_dynamic or len(shape) != 4 or shape[1].is_dynamic:
            raise ModelError(f"it {what} {shape}, not a picture (1, channels, height, width)")
        if shape[1].get_length() not in (1, 3):
            raise ModelError(f"it {what} {shape[1].get_length()} channels; a picture has 1 or 3")
