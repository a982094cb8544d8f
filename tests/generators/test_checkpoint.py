from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest
import safetensors.torch
import torch
from safetensors import safe_open

from livegan.generators import Card, ModelError, load, save_checkpoint

from .conftest import small
from .originals import resnet_state, unet_state


class Attack:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_saved_checkpoint_comes_back_with_its_card(tmp_path):
    network = small(3, channels=2)
    card = Card(name="nebula", hours=1.5, scores={"l1": 0.1})
    path = save_checkpoint(tmp_path / "nebula", network, card, dtype=torch.float32)
    found = load(path)
    assert path == tmp_path / "nebula" / "model.safetensors"
    assert (found.in_channels, found.out_channels, found.name) == (2, 3, "nebula")
    assert found.card.hours == 1.5 and "small" in found.card.architecture
    x = torch.rand(1, 2, 128, 128)
    assert torch.equal(found.module()(x), network(x))


def test_float16_halves_the_convolutions_and_keeps_the_norms(tmp_path):
    path = save_checkpoint(tmp_path / "a.safetensors", small(0))
    tensors = load(path).tensors
    assert tensors["stem.0.weight"].dtype is torch.float16
    assert tensors["stem.1.running_var"].dtype is torch.float32


def test_the_metadata_says_the_architecture(tmp_path):
    path = save_checkpoint(tmp_path / "a.safetensors", small(0))
    with safe_open(path, "pt") as file:
        said = json.loads(file.metadata()["architecture"])
    assert said == {"family": "small", "width": 8, "blocks": 1, "side": 128, "fold": 2}


def test_saving_leaves_nothing_else_behind(tmp_path):
    save_checkpoint(tmp_path / "m", small(0), Card())
    assert sorted(os.listdir(tmp_path / "m")) == ["model.json", "model.safetensors"]


def test_weights_that_overflow_are_not_saved(tmp_path):
    network = small(0)
    network.stem[0].weight.data[0] = 1e6
    with pytest.raises(ModelError, match=r"stem.0.weight.*not finite in torch.float16"):
        save_checkpoint(tmp_path / "m", network)
    assert not os.listdir(tmp_path / "m")


def test_training_a_module_does_not_change_the_checkpoint(tmp_path):
    path = save_checkpoint(tmp_path / "a.safetensors", small(0), dtype=torch.float32)
    found = load(path)
    module = found.module().train()
    module(torch.rand(2, 3, 128, 128))
    with torch.no_grad():
        module.stem[0].weight.zero_()
    again = found.module().state_dict()
    assert again["stem.0.weight"].abs().sum() > 0
    assert torch.equal(again["stem.1.running_mean"], small(0).state_dict()["stem.1.running_mean"])


@pytest.mark.parametrize("legacy", [False, True])
def test_a_file_with_code_is_refused_and_the_code_not_run(tmp_path, legacy):
    bad = {"model": unet_state(5, 4, 3, 3, "batch"), "extra": Attack(tmp_path / "ran")}
    torch.save(bad, tmp_path / "G.pth", _use_new_zipfile_serialization=not legacy)
    with pytest.raises(ModelError, match=r"could run code.*state_dict"):
        load(tmp_path / "G.pth")
    (tmp_path / "H.pth").write_bytes(pickle.dumps(Attack(tmp_path / "ran")))
    with pytest.raises(ModelError):
        load(tmp_path / "H.pth")
    assert not (tmp_path / "ran").exists()


def test_a_pickled_module_of_no_known_network_says_what_is_in_it(tmp_path):
    torch.save(torch.nn.Conv2d(3, 3, 1), tmp_path / "G.pth")
    with pytest.raises(ModelError, match=r"no known network; seen: weight \(3, 3, 1, 1\)"):
        load(tmp_path / "G.pth")


def test_files_of_old_torch_versions_are_read(tmp_path):
    state = unet_state(5, 4, 3, 3, "batch")
    torch.save(state, tmp_path / "G.pth", _use_new_zipfile_serialization=False)
    assert load(tmp_path / "G.pth").architecture.name == "unet_32"


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("kept", [0, 1, 10, 200, 0.5, 0.99])
def test_a_cut_off_file_is_one_clear_line(tmp_path, suffix, kept):
    state = unet_state(5, 4, 3, 3, "batch")
    whole = tmp_path / f"whole{suffix}"
    if suffix == ".pth":
        torch.save(state, whole)
    else:
        save_checkpoint(whole, state)
    data = whole.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: kept if kept == int(kept) else int(kept * len(data))])
    with pytest.raises(ModelError, match=r"cut\.\w+: ") as caught:
        load(cut)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"hello, this is no network at all", "a.pth", "damaged|cut off|not a PyTorch"),
        (b"hello, this is no network at all", "a.safetensors", "damaged or cut off"),
        (b"hello, this is no network at all", "a.txt", "not a checkpoint; expected one of"),
    ],
)
def test_another_kind_of_file_is_refused(tmp_path, content, name, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=message):
        load(tmp_path / name)


@pytest.mark.parametrize("value", [3, [1, 2], {"epoch": 3}, torch.zeros(3)])
def test_a_file_without_weights_says_what_it_holds(tmp_path, value):
    torch.save(value, tmp_path / "G.pth")
    with pytest.raises(ModelError, match="the file holds a"):
        load(tmp_path / "G.pth")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ModelError, match="No such file"):
        load(tmp_path / "none.pth")
    with pytest.raises(ModelError, match="a folder"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("said", "norm"),
    [
        ({"norm": "none"}, "none"),
        ({"norm": "batch"}, "instance"),  # would have tensors that are not there
        ({"norm": "none", "family": "unet"}, "instance"),
        ({"norm": "?"}, "instance"),
        ([1], "instance"),
        ("no JSON", "instance"),
    ],
)
def test_what_tensors_leave_open_is_what_the_file_names(tmp_path, said, norm):
    path = save_checkpoint(tmp_path / "a.safetensors", resnet_state(4, 2, "instance"))
    assert load(path).architecture.norm == "instance"
    with safe_open(path, "pt") as file:
        written = json.loads(file.metadata()["architecture"])
    text = said if isinstance(said, str) else json.dumps(said)
    if isinstance(said, dict):
        text = json.dumps(written | said)
    data = safetensors.torch.save(
        {key: tensor.contiguous() for key, tensor in load(path).tensors.items()},
        {"architecture": text},
    )
    other = tmp_path / "b.safetensors"
    other.write_bytes(data)
    assert load(other).architecture.norm == norm
    other.write_bytes(safetensors.torch.save(dict(load(path).tensors)))
    assert load(other).architecture.norm == "instance"
