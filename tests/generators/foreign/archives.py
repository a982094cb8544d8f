"""TorchScript archives and ONNX graphs that the tests write."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

FLOAT, UINT8 = TensorProto.FLOAT, TensorProto.UINT8
IDENTITY = np.eye(3, dtype=np.float32)[:, :, None, None]
"""Of a 1x1 convolution that changes nothing."""


def traced(network: nn.Module, path: Path, channels: int = 3, side: int = 128) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls TorchScript deprecated
        torch.jit.trace(network, torch.zeros(1, channels, side, side)).save(str(path))
    return path


def scripted(network: nn.Module, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.script(network).save(str(path))
    return path


def written(
    path: Path,
    nodes: list[Any],
    *,
    shape: Any = (1, 3, "h", "w"),
    out: Any = None,
    kind: int = FLOAT,
    stored: dict[str, Any] | None = None,
    more: tuple[Any, ...] = (),
    domains: tuple[str, ...] = (),
) -> Path:
    """An ONNX file whose input is ``x`` and whose output is ``y``."""
    weights = [numpy_helper.from_array(np.asarray(v), k) for k, v in (stored or {}).items()]
    inputs = [helper.make_tensor_value_info("x", kind, shape), *more]
    outputs = [helper.make_tensor_value_info("y", kind, shape if out is None else out)]
    model = helper.make_model(
        helper.make_graph(nodes, "generator", inputs, outputs, weights),
        opset_imports=[helper.make_opsetid(each, 17 if not each else 1) for each in ("", *domains)],
        ir_version=9,
    )
    onnx.save(model, str(path))
    return path


def node(kind: str, given: str, gives: str, **more: Any) -> Any:
    """``node("Conv", "x w", "y")``."""
    return helper.make_node(kind, given.split(), gives.split(), **more)


def number(value: float) -> Any:
    return np.asarray(value, np.float32)
