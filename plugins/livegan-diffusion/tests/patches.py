"""A diffusion model without training: the best denoiser of pictures that are patches of one.

If a picture is made of patches that all come from one example, the mean of what it can have been
before the noise has a closed form: the patches' middles, weighted by how likely each is. That is
one convolution, a softmax and another convolution. (Kamb & Ganguli 2024 find that trained networks
paint much like this.)
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from livegan_diffusion.schedule import Schedule
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[np.float32]


def patches_of(picture: Array, side: int, count: int) -> Array:
    """(count, 3, side, side) patches of a picture (3, H, W), -1..1, evenly spread over it."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (side, side), axis=(1, 2))
    flat = windows.transpose(1, 2, 0, 3, 4).reshape(-1, 3, side, side)
    return np.ascontiguousarray(flat[np.linspace(0, len(flat) - 1, count).astype(int)])


def write_patch_model(
    path: Path, patches: Array, schedule: Schedule, *, predicts: str = "epsilon"
) -> None:
    """Write the denoiser of (K, 3, side, side) patches as ONNX: (sample, timestep) to noise."""
    count, _, side, _ = patches.shape
    kept = schedule.kept().astype(np.float32)
    tables = {
        "patches": patches,
        "middles": patches[:, :, side // 2, side // 2].T[:, :, None, None].copy(),
        "squares": (0.5 * (patches**2).sum((1, 2, 3))).reshape(1, count, 1, 1),
        "kept": kept,
        "share": np.sqrt(kept),
        "rest": np.sqrt(1 - kept),
        "shape": np.array([1, 1, 1, 1], np.int64),
    }
    nodes = [
        helper.make_node("Gather", [table, "timestep"], [f"{table}_1"])
        for table in ("kept", "share", "rest")
    ]
    nodes += [
        helper.make_node("Reshape", [f"{table}_1", "shape"], [f"{table}_t"])
        for table in ("kept", "share", "rest")
    ]
    pad = side // 2
    nodes += [
        # How likely each patch is: -|x - share * patch|² / (2 rest²), without what all have alike.
        helper.make_node("Conv", ["sample", "patches"], ["alike"], pads=[pad] * 4),
        helper.make_node("Mul", ["alike", "share_t"], ["a"]),
        helper.make_node("Mul", ["squares", "kept_t"], ["b"]),
        helper.make_node("Sub", ["a", "b"], ["c"]),
        helper.make_node("Mul", ["rest_t", "rest_t"], ["variance"]),
        helper.make_node("Div", ["c", "variance"], ["likely"]),
        helper.make_node("Softmax", ["likely"], ["weights"], axis=1),
        helper.make_node("Conv", ["weights", "middles"], ["clean"]),
        helper.make_node("Mul", ["clean", "share_t"], ["d"]),
        helper.make_node("Sub", ["sample", "d"], ["e"]),
        helper.make_node("Div", ["e", "rest_t"], ["epsilon"]),
    ]
    output = {"epsilon": "epsilon", "sample": "clean"}[predicts]
    graph = helper.make_graph(
        nodes,
        "patches",
        [
            helper.make_tensor_value_info("sample", TensorProto.FLOAT, [1, 3, "height", "width"]),
            helper.make_tensor_value_info("timestep", TensorProto.INT64, [1]),
        ],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, 3, "height", "width"])],
        [numpy_helper.from_array(value, name) for name, value in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def example() -> Array:
    """(3, 24, 24), -1..1: stripes of orange and blue."""
    stripes = (np.arange(24) // 3 % 2).reshape(1, 1, 24)
    orange, blue = np.array([[[[1.0]], [[0.0]], [[-0.8]]], [[[-0.6]], [[-0.2]], [[0.9]]]])
    return np.broadcast_to(np.where(stripes, orange, blue), (3, 24, 24)).astype(np.float32)


def stripes(folder: Path, predicts: str = "epsilon") -> Path:
    """A model that knows the example, written into a folder."""
    path = folder / "stripes.onnx"
    write_patch_model(path, patches_of(example(), 5, 60), Schedule(), predicts=predicts)
    return path
