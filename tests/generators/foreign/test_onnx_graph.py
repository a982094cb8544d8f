"""Weights that an ONNX file keeps beside it, and nothing of any other place."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from livegan.generators import Generator, ModelError, load

from ..originals import condition
from .archives import IDENTITY, node, written


def apart(folder: Path, location: str = "weights.bin", **said: str) -> Path:
    """A file of one convolution whose weights lie in another."""
    folder.mkdir(parents=True, exist_ok=True)
    path = written(folder / "G.onnx", [node("Conv", "x w", "y")], stored={"w": IDENTITY})
    model = onnx.load(str(path))
    (tensor,) = model.graph.initializer
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": "36", **said}.items():
        tensor.external_data.add(key=key, value=value)
    path.write_bytes(model.SerializeToString())
    return path


def paints_identity(path: Path) -> bool:
    x = condition(3, 32, 32)
    return torch.allclose(Generator(load(path), "cpu").paint(x), x, atol=1e-5)


def test_weights_beside_a_model_are_its_own_wherever_one_works(tmp_path, monkeypatch):
    path = apart(tmp_path / "models")
    (tmp_path / "models" / "weights.bin").write_bytes(IDENTITY.tobytes())
    (tmp_path / "weights.bin").write_bytes((-IDENTITY).tobytes())
    monkeypatch.chdir(tmp_path)
    assert paints_identity(path)


def test_a_folder_beside_it_belongs_to_it(tmp_path):
    path = apart(tmp_path, "parts/weights.bin", offset="4")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "weights.bin").write_bytes(bytes(4) + IDENTITY.tobytes())
    assert paints_identity(path)


@pytest.mark.parametrize("way", ["../secret", "parts/../../secret", "ABSOLUTE", "link"])
def test_another_place_is_not_read(tmp_path, way):
    secret = tmp_path / "secret"
    secret.write_bytes(IDENTITY.tobytes())
    path = apart(tmp_path / "models", str(secret) if way == "ABSOLUTE" else way)
    (tmp_path / "models" / "parts").mkdir()
    if way == "link":
        (tmp_path / "models" / "link").symlink_to(secret)
    with pytest.raises(ModelError, match="names weights in another folder"):
        load(path)


def test_a_store_that_links_both_files_plays(tmp_path):
    """As the cache of a hub does: the names are links to where the contents are."""
    blobs, named = tmp_path / "blobs", tmp_path / "snapshot"
    whole = apart(blobs)
    named.mkdir()
    (blobs / "weights.bin").write_bytes(IDENTITY.tobytes())
    (named / "G.onnx").symlink_to(os.path.relpath(whole, named))
    (named / "weights.bin").symlink_to(os.path.relpath(blobs / "weights.bin", named))
    assert paints_identity(named / "G.onnx")


@pytest.mark.parametrize(
    ("said", "content", "message"),
    [
        ({}, None, "its weights are in weights.bin, which is not beside it; copy both"),
        ({}, bytes(20), "weights.bin beside it is cut off"),
        ({"length": str(2**40)}, bytes(36), "weights.bin beside it is cut off"),
        ({"offset": "-4"}, bytes(36), "names no place in weights.bin"),
        ({"offset": "x"}, bytes(36), "names no place in weights.bin"),
        ({"length": "12"}, bytes(36), "damaged, or not ONNX"),
    ],
)
def test_weights_that_are_not_whole_are_one_line(tmp_path, said, content, message):
    path = apart(tmp_path, **said)
    if content is not None:
        (tmp_path / "weights.bin").write_bytes(content)
    with pytest.raises(ModelError, match=message) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_weights_written_anew_beside_it_are_read_anew(tmp_path):
    path = apart(tmp_path, "G.onnx.data")
    (tmp_path / "G.onnx.data").write_bytes(IDENTITY.tobytes())
    first = load(path)
    (tmp_path / "G.onnx.data").write_bytes((2 * IDENTITY).astype(np.float32).tobytes() + b"x")
    assert load(path).digest != first.digest


def test_an_operator_that_loads_native_code_is_refused(tmp_path):
    nodes = [node("EPContext", "x", "y", domain="com.microsoft", ep_cache_context="evil.so")]
    path = written(tmp_path / "G.onnx", nodes, domains=("com.microsoft",))
    with pytest.raises(ModelError, match="EPContext, which loads native code"):
        load(path, trust=True)
