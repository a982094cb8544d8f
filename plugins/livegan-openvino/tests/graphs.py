"""A small network in OpenVINO's format, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openvino
from openvino import opset13 as ops


def write(folder: Path, *, size: int = -1, channels: int = 3, name: str = "negative") -> Path:
    """Write a network that paints the negative, with its weights; the path of the graph."""
    x = ops.parameter([1, channels, size, size], np.float32, name="x")
    weights = np.zeros((3, channels, 1, 1), np.float32)
    weights[range(3), [index % channels for index in range(3)]] = -1
    none = np.zeros(2, np.int64)
    painted = ops.convolution(x, ops.constant(weights), [1, 1], none, none, [1, 1])
    path = folder / f"{name}.xml"
    openvino.save_model(openvino.Model([painted], [x]), path, compress_to_fp16=False)
    return path
