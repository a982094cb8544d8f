from __future__ import annotations

import builtins
import warnings

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from livegan.generators import Generator, ModelError, load, morph

from .conftest import small
from .originals import condition


def script(network: nn.Module, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(network, torch.zeros(1, 3, 128, 128)).save(str(path))
    return path


def graph(path, *, channels: int = 3, size=("h", "w"), scale: float = 0.5):
    """An ONNX file of one 1x1 convolution that mixes all channels, then tanh."""
    weight = np.full((3, channels, 1, 1), scale / channels, np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "weight"], ["mixed"]),
        helper.make_node("Tanh", ["mixed"], ["y"]),
    ]
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "generator",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, channels, *size])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, *size])],
            [numpy_helper.from_array(weight, "weight")],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.save(model, str(path))
    return path


def test_a_torchscript_archive_paints_what_its_network_paints(tmp_path):
    network = small(0)
    checkpoint = load(script(network, tmp_path / "G.pt"))
    assert (checkpoint.in_channels, checkpoint.out_channels) == (3, 3)
    x = condition(3, 128, 128)
    with torch.no_grad():
        wanted = network(x[None] * 2 - 1)[0] / 2 + 0.5
    assert torch.allclose(Generator(checkpoint, "cpu").paint(x), wanted, atol=1e-5)


def test_a_foreign_network_learns_which_sizes_it_takes(tmp_path):
    generator = Generator(load(script(small(0), tmp_path / "G.pt")), "cpu")
    assert generator.checkpoint.fit(150, 250) == (128, 256)
    assert generator.paint(condition(3, 150, 250)).shape == (3, 150, 250)


def test_a_foreign_network_cannot_be_morphed(tmp_path, models):
    scripted = load(script(small(0), tmp_path / "G.pt"))
    with pytest.raises(ModelError, match="is TorchScript, whose weights cannot be mixed"):
        morph(scripted, load(models / "city" / "model.safetensors"), 0.5)
    with pytest.raises(ModelError, match="no module"):
        scripted.module()


def test_a_cut_off_torchscript_archive_is_one_line(tmp_path):
    path = script(small(0), tmp_path / "G.pt")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ModelError, match=r"G.pt: damaged or cut off"):
        load(path)


@pytest.mark.parametrize("channels", [1, 3])
def test_an_onnx_graph_paints(tmp_path, channels):
    checkpoint = load(graph(tmp_path / "G.onnx", channels=channels))
    assert (checkpoint.in_channels, checkpoint.out_channels) == (channels, 3)
    x = condition(channels, 40, 50)
    wanted = torch.tanh((x * 2 - 1).mean(0) * 0.5) / 2 + 0.5
    painted = Generator(checkpoint, "cpu", norm="frame").paint(x)
    assert torch.allclose(painted, wanted.expand(3, -1, -1), atol=1e-5)


def test_an_onnx_graph_of_one_size_paints_at_that_size_only(tmp_path):
    checkpoint = load(graph(tmp_path / "G.onnx", size=(64, 96)))
    assert checkpoint.fit(256, 256) == (64, 96)
    assert Generator(checkpoint, "cpu").paint(condition(3, 200, 200)).shape == (3, 200, 200)


def test_damaged_onnx_is_one_line(tmp_path):
    path = graph(tmp_path / "G.onnx")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ModelError, match=r"G.onnx: damaged, or not ONNX"):
        load(path)


def test_without_onnxruntime_the_extra_is_named(tmp_path, monkeypatch):
    path = graph(tmp_path / "G.onnx")
    real = builtins.__import__

    def without(name, *rest, **named):
        if name == "onnxruntime":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModelError, match=r"pip install 'livegan\[onnx\]'"):
        load(path)
