from __future__ import annotations

import argparse
import io
import os
import subprocess
import threading
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from livegan.generators import ModelError, load
from livegan.generators.reading.tensors import StandIn, known_names, read_content

from ..originals import unet_state


class Touches:
    """Unpickled as it asks for, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def touch(path: str) -> None:
    Path(path).touch()


class Calls:
    """Unpickled as it asks for, it calls a function."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return touch, (str(self.path),)


class Sets:
    """An object whose state would be set by a method of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __setstate__(self, state):
        Path(str(state["path"])).touch()


def stored(value, *, legacy: bool = False) -> bytes:
    data = io.BytesIO()
    torch.save(value, data, _use_new_zipfile_serialization=not legacy)
    return data.getvalue()


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize(
    "beside",
    [
        argparse.Namespace(ngf=64, norm="batch", gpu_ids=[0]),
        np.float64(0.25),
        np.int64(200),
        np.arange(3),
        Path("checkpoints"),
        partial(nn.BatchNorm2d, affine=True),
        nn.Conv2d(3, 3, 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_lies_beside_the_weights_is_stood_in_for(tmp_path, beside, legacy):
    if legacy and isinstance(beside, (partial, nn.Module)):
        pytest.skip("torch wrote the source of modules into such files, which its reader refuses")
    state = unet_state(5, 4, 3, 3, "batch")
    data = stored({"options": beside, "epoch": np.int64(3), "netG": state}, legacy=legacy)
    (tmp_path / "G.pth").write_bytes(data)
    found = load(tmp_path / "G.pth")
    assert found.architecture.name == "unet_32"
    assert torch.equal(found.tensors["model.model.0.weight"], state["model.model.0.weight"])


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("trap", [Calls, Sets])
def test_code_beside_the_weights_does_not_run(tmp_path, legacy, trap):
    bad = {"G": unet_state(5, 4, 3, 3, "batch"), "extra": trap(tmp_path / "ran")}
    content = read_content(stored(bad, legacy=legacy), "torch")
    assert isinstance(content.value["extra"], StandIn)
    assert not (tmp_path / "ran").exists()


def test_code_that_is_fetched_by_code_is_refused_and_does_not_run(tmp_path):
    data = stored({"G": unet_state(5, 4, 3, 3, "batch"), "extra": Touches(tmp_path / "ran")})
    with pytest.raises(ModelError, match="could run code"):
        read_content(data, "torch")
    assert not (tmp_path / "ran").exists()


def test_no_name_in_a_file_is_looked_up(tmp_path):
    """Not even imported: a module may run code when it is."""
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    data = stored({"G": unet_state(5, 4, 3, 3, "batch"), "x": argparse.Namespace()})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"argparse\nNamespace", b"evil\nThing"))
    (tmp_path / "G.pth").write_bytes(out.getvalue())
    code = "import sys; from livegan.generators import load; load(sys.argv[1])"
    subprocess.run(
        [os.sys.executable, "-c", code, str(tmp_path / "G.pth")],
        cwd=tmp_path,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"},
    )
    assert not (tmp_path / "ran").exists()


def test_stand_ins_take_the_place_of_nothing_that_torch_needs():
    before = known_names(), set(torch.serialization.get_safe_globals())
    read_content(stored({"a": torch.zeros(2), "b": argparse.Namespace()}), "torch")
    assert (known_names(), set(torch.serialization.get_safe_globals())) == before


def test_several_files_are_read_at_once():
    datas = [stored({"a": torch.full((2,), float(i)), "b": np.int64(i)}) for i in range(8)]
    found: dict[int, float] = {}

    def read(i: int) -> None:
        for _ in range(10):
            found[i] = float(read_content(datas[i], "torch").value["a"][0])

    threads = [threading.Thread(target=read, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {i: float(i) for i in range(8)}


def test_objects_alone_are_refused_with_their_names_and_what_to_do(tmp_path):
    (tmp_path / "G.pth").write_bytes(stored(argparse.Namespace(a=1)))
    with pytest.raises(ModelError, match=r"Python objects \(argparse.Namespace\).*state_dict"):
        load(tmp_path / "G.pth")


def test_a_tensor_that_claims_more_than_it_has_is_refused(tmp_path):
    state = unet_state(5, 4, 3, 3, "batch")
    shape = state["model.model.0.weight"].shape
    state["model.model.0.weight"] = torch.zeros(1).expand(shape)
    (tmp_path / "G.pth").write_bytes(stored(state))
    with pytest.raises(ModelError, match=r"model.model.0.weight claims \(4, 3, 4, 4\)"):
        load(tmp_path / "G.pth")


def test_a_file_that_claims_gigabytes_takes_no_memory(tmp_path):
    channels = 40_000
    state = {
        "model.1.weight": torch.zeros(1).expand(channels, 3, 7, 7),
        "model.4.weight": torch.zeros(1).expand(2 * channels, channels, 3, 3),
        "model.7.model.1.weight": torch.zeros(1).expand(2 * channels, 2 * channels, 3, 3),
        "model.7.model.5.weight": torch.zeros(1).expand(2 * channels, 2 * channels, 3, 3),
        "model.8.weight": torch.zeros(1).expand(2 * channels, channels, 3, 3),
        "model.12.weight": torch.zeros(1).expand(3, channels, 7, 7),
        "model.12.bias": torch.zeros(3),
    }
    (tmp_path / "G.pth").write_bytes(stored(state))
    assert (tmp_path / "G.pth").stat().st_size < 20_000
    with pytest.raises(ModelError, match="claims"):
        load(tmp_path / "G.pth")


def test_a_zip_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path):
    data = stored(unet_state(5, 4, 3, 3, "batch"))
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("G/data/99", bytes(200 << 20))
    (tmp_path / "G.pth").write_bytes(bomb.getvalue())
    with pytest.raises(ModelError, match=r"a zip of .* MB that claims"):
        load(tmp_path / "G.pth")


def test_a_packed_zip_of_weights_is_read(tmp_path):
    data = stored(unet_state(5, 4, 3, 3, "batch"))
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    (tmp_path / "G.pth").write_bytes(packed.getvalue())
    assert load(tmp_path / "G.pth").architecture.name == "unet_32"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_weights_that_are_no_numbers_are_refused(tmp_path, value, dtype):
    state = {k: v.to(dtype) if v.ndim else v for k, v in unet_state(5, 4, 3, 3, "batch").items()}
    state["model.model.0.weight"].view(-1)[7] = value
    safetensors.torch.save_file(state, tmp_path / "G.safetensors")
    with pytest.raises(ModelError, match=r"1 of its \d+ tensors hold values that are no numbers"):
        load(tmp_path / "G.safetensors")


def test_large_weights_are_numbers_still(tmp_path):
    """A sum that overflows is no sign of a value that does."""
    state = unet_state(5, 4, 3, 3, "batch")
    state["model.model.0.weight"].fill_(3e38)
    (tmp_path / "G.pth").write_bytes(stored(state))
    load(tmp_path / "G.pth")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.to(torch.int8), r"its weights are int8 .*float32 or float16.*ONNX"),
        (lambda t: t.to(torch.complex64), "is complex64"),
        (lambda t: t.to_sparse(), "save the weights in float32"),
        (lambda t: t.to("meta"), "has a shape and no values"),
    ],
)
def test_weights_of_another_kind_are_refused(tmp_path, change, message):
    state = {k: change(v) if v.ndim == 4 else v for k, v in unet_state(5, 4, 3, 3, "batch").items()}
    (tmp_path / "G.pth").write_bytes(stored(state))
    with pytest.raises(ModelError, match=message):
        load(tmp_path / "G.pth")
