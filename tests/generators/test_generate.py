from __future__ import annotations

import os

import numpy as np
import pytest
import torch
from PIL import Image

from livegan.generators import Generator, ModelError, load
from livegan.generators.generate import generate

from .originals import condition


@pytest.fixture
def model(models):
    return models / "city" / "model.safetensors"


@pytest.fixture
def picture(tmp_path):
    pixels = (condition(3, 128, 192) * 255).to(torch.uint8)
    Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy()).save(tmp_path / "in.png")
    return tmp_path / "in.png"


def test_a_png_is_painted_to_a_png(model, picture, tmp_path):
    painted = generate(model, picture, tmp_path / "out.png")
    with Image.open(tmp_path / "out.png") as image:
        pixels = np.asarray(image)
    assert pixels.shape == (128, 192, 3)
    assert np.abs(pixels / 255 - painted.permute(1, 2, 0).numpy()).max() <= 0.5 / 255 + 1e-6


def test_an_array_holds_what_the_generator_paints(model, picture, tmp_path):
    generate(model, picture, tmp_path / "out.npy", precision="float32", norm="frame", size=256)
    array = np.load(tmp_path / "out.npy")
    with Image.open(picture) as image:
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)
    wanted = Generator(load(model), precision="float32", norm="frame").paint(pixels, size=256)
    assert array.dtype == np.float32 and array.shape == (3, 256, 256)
    assert np.array_equal(array, wanted.cpu().numpy())


def test_grey_deep_and_transparent_pictures_are_read(model, tmp_path):
    ramp = np.linspace(0, 1, 128, dtype=np.float32)[None].repeat(128, 0)
    Image.fromarray((ramp * 255).astype(np.uint8)).save(tmp_path / "grey.png")
    Image.fromarray((ramp * 65535).astype(np.uint16)).save(tmp_path / "deep.png")
    rgba = (np.stack([ramp, ramp, ramp, ramp * 0 + 1], -1) * 255).astype(np.uint8)
    Image.fromarray(rgba).save(tmp_path / "rgba.png")
    np.save(tmp_path / "array.npy", ramp)
    painted = [
        generate(model, tmp_path / name, tmp_path / "out.png", precision="float32")
        for name in ("array.npy", "deep.png", "grey.png", "rgba.png")
    ]
    for other in painted[1:]:
        assert torch.allclose(painted[0], other, atol=0.02)


def test_a_size_that_the_network_cannot_paint_is_said(model, picture, tmp_path, caplog):
    painted = generate(model, picture, tmp_path / "out.npy", size=300)
    assert painted.shape == (3, 300, 300)
    assert caplog.messages == [
        "city: small cannot paint 300x300 (its sides are multiples of 64, 128 or more); "
        "painted at 320x320 and resized"
    ]
    caplog.clear()
    generate(model, picture, tmp_path / "out.npy", size=256)
    assert not caplog.messages


def test_nothing_but_the_picture_is_left_behind(model, picture, tmp_path):
    generate(model, picture, tmp_path / "out.npy")
    assert sorted(os.listdir(tmp_path)) == ["in.png", "out.npy"]


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("none.png", "out.png", r"none.png: .*[Nn]o such file"),
        ("text.png", "out.png", r"text.png: cannot be read as a picture"),
        ("in.png", "out.doc", r"ends in .png or .npy"),
        ("in.png", "text.png/out.png", r"out.png: cannot be written: File exists"),
        ("bad.npy", "out.png", r"bad.npy: cannot be read"),
    ],
)
def test_files_that_cannot_be_used_are_one_line(model, picture, tmp_path, source, target, message):
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "bad.npy").write_text("hello")
    with pytest.raises(ModelError, match=message) as caught:
        generate(model, tmp_path / source, tmp_path / target)
    assert "\n" not in str(caught.value)
