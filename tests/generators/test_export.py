"""Models for other programs: what is written is what they load, and paints the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor

from livegan.generators import Card, Generator, ModelError, load, save_checkpoint
from livegan.generators.export import as_onnx, export
from livegan.generators.pix2pix import as_reference
from livegan.generators.pix2pix import test_options as options_of_test_py
from tests.generators.conftest import small
from tests.generators.originals import condition, resnet_state, unet_state


def saved(path: Path, state: dict[str, Tensor], **card: object) -> Path:
    """A model as livegan keeps it, whose card says ``card``."""
    given = Card.from_dict({"name": path.name, **card})
    return save_checkpoint(path, state, given, dtype=torch.float32)


NETWORKS = {
    "unet_128": lambda: unet_state(7, 2, 3, 3, "batch"),
    "unet_256 instance": lambda: unet_state(8, 2, 1, 3, "instance"),
    "unet_128 none": lambda: unet_state(7, 2, 3, 1, "none"),
    "resnet_6blocks": lambda: resnet_state(4, 6, "batch"),
    "resnet_9blocks instance": lambda: resnet_state(2, 9, "instance"),
    "resnet_6blocks dropout": lambda: resnet_state(4, 6, "batch", dropout=True),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_pth_has_the_names_shapes_and_numbers_of_the_project(tmp_path: Path, name: str) -> None:
    state = NETWORKS[name]()
    export(load(saved(tmp_path / "mine", state)), tmp_path / "out" / "latest_net_G.pth", "pth")
    found = torch.load(tmp_path / "out" / "latest_net_G.pth", weights_only=True)
    assert found.keys() == state.keys()
    for key, tensor in state.items():
        assert torch.equal(found[key], tensor), key


@pytest.mark.parametrize("name", ["unet_128", "resnet_6blocks dropout"])
def test_a_pth_read_back_paints_the_identical_picture(tmp_path: Path, name: str) -> None:
    checkpoint = load(saved(tmp_path / "mine", NETWORKS[name]()))
    again = load(export(checkpoint, tmp_path / "G.pth", "pth"))
    assert again.architecture == checkpoint.architecture
    picture = condition(3, 128, 128)
    for norm in ("frame", "running"):
        one, two = (
            Generator(c, "cpu", "float32", norm).paint(picture) for c in (checkpoint, again)
        )
        assert torch.equal(one, two)


def test_a_model_kept_in_half_precision_is_written_in_full(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path / "mine", NETWORKS["resnet_6blocks"](), Card())
    export(load(path), tmp_path / "G.pth", "pth")
    found = torch.load(tmp_path / "G.pth", weights_only=True)
    assert {t.dtype for t in found.values()} == {torch.float32, torch.int64}


def test_the_options_of_test_py_say_what_the_network_is(tmp_path: Path) -> None:
    mine = load(saved(tmp_path / "mine", NETWORKS["unet_128"](), size=128, norm="running"))
    assert options_of_test_py(mine) == (
        "--model test --netG unet_128 --norm batch --ngf 2 --load_size 128 --crop_size 128 "
        "--no_dropout --eval"
    )
    assert "--eval" not in options_of_test_py(mine, norm="frame")
    drops = load(saved(tmp_path / "drops", NETWORKS["resnet_6blocks dropout"]()))
    assert options_of_test_py(drops) == "--model test --netG resnet_6blocks --norm batch --ngf 4"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (lambda: small(0).state_dict(), "livegan's own small network"),
        (lambda: unet_state(5, 4, 3, 3, "batch"), "unet_32"),
        (lambda: resnet_state(4, 3, "batch"), "resnet_3blocks"),
        (lambda: resnet_state(4, 6, "batch", bias=True), "batch norms beside convolutions with"),
        (lambda: resnet_state(4, 6, "affine instance", bias=True), "affine instance"),
        (lambda: resnet_state(4, 6, "instance", halvings=3), "pix2pixHD global"),
    ],
)
def test_what_the_project_does_not_have_is_refused_with_the_way_out(
    tmp_path: Path, state, said: str
) -> None:
    checkpoint = load(saved(tmp_path / "mine", state()))
    with pytest.raises(ModelError) as refused:
        export(checkpoint, tmp_path / "G.pth", "pth")
    assert said in str(refused.value) and str(refused.value).endswith("export it with --to onnx")
    assert not (tmp_path / "G.pth").exists()


def run(data: bytes, pictures: Tensor) -> Tensor:
    """(N, C, H, W) -1..1 through an ONNX graph."""
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(["picture"], {"condition": pictures.numpy()})[0])


def painted(generator: Generator, picture: Tensor) -> Tensor:
    """What a slot shows of a condition (C, H, W) of -1..1, as -1..1."""
    return generator.paint((picture + 1) / 2) * 2 - 1


def test_onnx_paints_what_a_show_paints_at_every_size(tmp_path: Path) -> None:
    card = {"encoder": "timeline", "encoder_params": {"seconds": 5.0}, "size": 128}
    path = saved(
        tmp_path / "mine", small(3).state_dict(), norm="running", licence="CC0-1.0", **card
    )
    out = export(load(path), tmp_path / "mine.onnx", "onnx")
    data = out.read_bytes()
    show = Generator(load(path), "cpu", "float32")
    for height, width in ((128, 128), (192, 320)):
        pictures = torch.stack([condition(3, height, width, seed) for seed in (1, 2)]) * 2 - 1
        wanted = torch.stack([painted(show, picture) for picture in pictures])
        assert torch.allclose(run(data, pictures), wanted, rtol=0, atol=2e-5)

    graph = onnx.load_from_string(data)
    said = {entry.key: entry.value for entry in graph.metadata_props}
    assert said["encoder"] == "timeline" and json.loads(said["encoder_params"]) == {"seconds": 5.0}
    assert said["licence"] == "CC0-1.0" and said["norm"] == "running" and said["size"] == "128"
    assert "RGB, -1..1; made of a picture of 0..1 by 2 * x - 1" in said["condition"]
    assert "-1..1; (x + 1) / 2" in said["picture"]
    assert "BatchNormalization" not in {node.op_type for node in graph.graph.node}
    assert b"site-packages" not in data and str(Path(__file__).parent).encode() not in data

    # livegan plays it as any ONNX file, and does not export it again.
    again = load(out)
    picture = condition(3, 128, 128)
    assert torch.allclose(Generator(again, "cpu").paint(picture), show.paint(picture), atol=1e-5)
    for to, way in (("onnx", f"use {out} as it is"), ("pth", "use the file as it is")):
        with pytest.raises(ModelError, match="is ONNX") as refused:
            export(again, tmp_path / "again", to)
        assert str(refused.value).endswith(way)


def test_norms_of_the_frame_are_of_each_picture_in_a_batch(tmp_path: Path) -> None:
    checkpoint = load(saved(tmp_path / "mine", unet_state(5, 4, 3, 3, "batch")))
    data = as_onnx(checkpoint, norm="frame", size=(64, 96))
    pictures = torch.stack([condition(3, 64, 96, seed) * seed / 2 for seed in (1, 2)]) * 2 - 1
    generator = Generator(checkpoint, "cpu", "float32", "frame")
    wanted = torch.stack([painted(generator, picture) for picture in pictures])
    assert torch.allclose(run(data, pictures), wanted, rtol=0, atol=2e-5)
    sides = onnx.load_from_string(data).graph.input[0].type.tensor_type.shape.dim
    assert [side.dim_value for side in sides][1:] == [3, 64, 96]


def test_onnx_of_a_size_that_does_not_fit_is_refused_with_one_that_does(tmp_path: Path) -> None:
    checkpoint = load(saved(tmp_path / "mine", small(0).state_dict()))
    with pytest.raises(ModelError, match=r"cannot paint 250x250.*; give --size 256$"):
        as_onnx(checkpoint, size=250)


@pytest.mark.parametrize("missing", ["onnx", "onnxscript"])
def test_what_is_not_installed_is_told_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    checkpoint = load(saved(tmp_path / "mine", small(0).state_dict()))
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModelError, match=rf"needs {missing}: pip install 'livegan\[onnx\]'"):
        as_onnx(checkpoint)


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    checkpoint = load(saved(tmp_path / "mine", NETWORKS["resnet_6blocks"]()))
    out = tmp_path / "G.pth"
    out.write_text("mine")
    with pytest.raises(ModelError, match="is there already; give --force"):
        export(checkpoint, out, "pth")
    with pytest.raises(ModelError, match="is there already; name a file in it"):
        export(checkpoint, tmp_path, "pth", force=True)
    assert out.read_text() == "mine"
    export(checkpoint, out, "pth", force=True)
    assert out.read_bytes() == as_reference(checkpoint)
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "G.pth"}
