from __future__ import annotations

import gzip
import io
import warnings
import zipfile

import pytest
import torch
from torch import nn

from livegan.generators import ModelError, load
from livegan.generators.reading.kind import kind_of

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (LFS, "a pointer of Git LFS.*run git lfs pull"),
        (b"\n<!DOCTYPE html>\n<html><head>", "a saved web page; download the file itself"),
        (b"\xef\xbb\xbf<HTML>", "a saved web page"),
        (gzip.compress(b"x" * 100, mtime=0), "packed by gzip; unpack it"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5.*export it as ONNX"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
    ],
)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors", ".onnx"])
def test_what_people_save_by_a_checkpoints_name_is_called_what_it_is(
    tmp_path, content, message, suffix
):
    (tmp_path / f"G{suffix}").write_bytes(content)
    with pytest.raises(ModelError, match=message) as caught:
        load(tmp_path / f"G{suffix}")
    assert "\n" not in str(caught.value)


def test_torchscript_is_known_by_its_content_wherever_its_parts_lie(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(nn.Conv2d(3, 3, 1), torch.zeros(1, 3, 8, 8)).save(str(tmp_path / "G.pth"))
    data = (tmp_path / "G.pth").read_bytes()
    assert kind_of(data) == "torchscript"
    moved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(moved, "w") as new:
        for name in old.namelist():
            if "/code/" not in name:
                new.writestr(f"deeper/{name}", old.read(name))
    assert kind_of(moved.getvalue()) == "torchscript"
