"""Picture files come in upright and in range, whatever their depth, colours and orientation."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from livegan.picture_file import (
    PictureFileError,
    pictures_in,
    read_bytes,
    read_floats,
    shape_of,
)

RAMP = np.tile(np.linspace(0, 1, 64)[None], (32, 1))
GREY = Image.fromarray((RAMP * 255).round().astype(np.uint8))


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("grey.png", GREY),
        ("grey16.png", Image.fromarray((RAMP * 65535).astype(np.uint16))),
        ("grey16.tif", Image.fromarray((RAMP * 65535).astype(np.uint16))),
        ("int32.tif", Image.fromarray((RAMP * 65535).astype(np.int32))),
        ("float32.tif", Image.fromarray(RAMP.astype(np.float32))),
        ("big.tif", Image.frombytes("I;16B", (64, 32), (RAMP * 65535).astype(">u2").tobytes())),
        ("palette.png", GREY.convert("RGB").quantize(64)),
        ("palette.gif", GREY.convert("P")),
        ("alpha.png", GREY.convert("LA")),
        ("rgba.png", GREY.convert("RGBA")),
        ("cmyk.tif", GREY.convert("RGB").convert("CMYK")),
        ("cmyk.jpg", GREY.convert("RGB").convert("CMYK")),
        ("lab.tif", GREY.convert("RGB").convert("LAB")),
    ],
)
def test_a_ramp_is_the_same_ramp_in_every_kind_of_file(
    tmp_path: Path, name: str, picture: Image.Image
) -> None:
    picture.save(tmp_path / name)
    floats, pixels = read_floats(tmp_path / name), read_bytes(tmp_path / name)
    assert floats.dtype == np.float32 and floats.shape[:2] == (32, 64)
    assert np.abs(floats - RAMP[..., None]).max() < 0.03
    assert pixels.dtype == np.uint8 and pixels.shape == (32, 64, 3)
    assert np.abs(pixels / 255 - RAMP[..., None]).max() < 0.03


def test_sixteen_bits_are_not_rounded_to_eight(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 1, 40000, 65535]], np.uint16)).save(tmp_path / "a.png")
    wanted = np.array([0, 1, 40000, 65535], np.float32) / np.float32(65535)
    np.testing.assert_allclose(read_floats(tmp_path / "a.png")[0, :, 0], wanted, rtol=1e-6)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_a_turned_camera_is_turned_back(tmp_path: Path, name: str, orientation: int) -> None:
    upright = np.zeros((32, 64, 3), np.uint8)
    upright[:16, :32, 0], upright[16:, 32:, 2] = 255, 255
    stored = {
        1: lambda x: x,
        2: np.fliplr,
        3: lambda x: np.rot90(x, 2),
        4: np.flipud,
        5: lambda x: x.transpose(1, 0, 2),
        6: lambda x: np.rot90(x, 1),
        7: lambda x: np.rot90(x, 2).transpose(1, 0, 2),
        8: lambda x: np.rot90(x, -1),
    }[orientation](upright)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / name, exif=exif)
    assert shape_of(tmp_path / name) == (32, 64)
    assert np.abs(read_bytes(tmp_path / name).astype(int) - upright).mean() < 8


def test_what_is_transparent_is_black(tmp_path: Path) -> None:
    pixels = np.full((4, 4, 4), 200, np.uint8)
    pixels[:, :2, 3], pixels[:, 2:, 3] = 0, 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putdata([0, 1])
    palette.save(tmp_path / "b.png", transparency=0)
    assert read_bytes(tmp_path / "a.png")[0, :, 0].tolist() == [0, 0, 200, 200]
    assert read_bytes(tmp_path / "b.png")[0].tolist() == [[0, 0, 0], [0, 255, 0]]


def test_an_srgb_profile_or_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = GREY.convert("RGB")
    picture.save(tmp_path / "plain.png")
    picture.save(tmp_path / "srgb.png", icc_profile=srgb)
    picture.save(tmp_path / "broken.png", icc_profile=b"no profile")
    plain = read_bytes(tmp_path / "plain.png")
    np.testing.assert_array_equal(read_bytes(tmp_path / "srgb.png"), plain)
    np.testing.assert_array_equal(read_bytes(tmp_path / "broken.png"), plain)


def test_another_colour_profile_is_applied(tmp_path: Path) -> None:
    # sRGB under another name, its red and blue colorants exchanged: red is what is shown blue.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    named = bytes(profile).replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be"))
    Image.new("RGB", (4, 4), (255, 0, 0)).save(tmp_path / "a.png", icc_profile=named)
    assert read_bytes(tmp_path / "a.png")[0, 0].tolist() == pytest.approx([0, 0, 255], abs=2)


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (np.array([[0, 2**30]], np.int32), "0 to 1.07374e+09, where 0 to 65535"),
        (np.array([[-5000, 9]], np.int32), "-5000 to 9, where 0 to 65535"),
        (np.array([[0, 255]], np.float32), "0 to 255, where 0 to 1 is black to white"),
        (np.array([[0, np.nan]], np.float32), "not finite"),
    ],
)
def test_a_range_that_would_have_to_be_guessed_is_refused(
    tmp_path: Path, pixels: np.ndarray, said: str
) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.tif")
    with pytest.raises(PictureFileError, match="save it with 8 or 16 bits") as caught:
        read_bytes(tmp_path / "a.tif")
    assert said in str(caught.value)


def test_what_is_no_picture_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "folder.png").mkdir()
    rng = np.random.default_rng(1)
    Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    for name, said in {
        "none.png": "there is no such file",
        "text.png": "cannot be read as a picture; is it one",
        "folder.png": "is a folder; give a file",
        "cut.png": "cannot be read as a picture: ",
    }.items():
        with pytest.raises(PictureFileError, match=said) as caught:
            read_bytes(tmp_path / name)
        assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(PictureFileError, match="is a pipe; give a file"):
        read_bytes(tmp_path / "a.png")
    assert pictures_in(tmp_path) == []


def test_pictures_are_found_however_deep_they_lie(tmp_path: Path) -> None:
    for name in ("b.PNG", "a/c.jpg", "a/d/e.tiff", ".hidden.png", ".thumbs/x.png", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = [path.relative_to(tmp_path).as_posix() for path in pictures_in(tmp_path)]
    assert found == ["a/c.jpg", "a/d/e.tiff", "b.PNG"]
    assert pictures_in(tmp_path / "none") == []
