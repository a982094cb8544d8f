from __future__ import annotations

import unicodedata

import pytest

from livegan.generators import ModelError, available, clash, find, read_card
from livegan.saving import replacing


@pytest.fixture
def folders(tmp_path):
    near, far = tmp_path / "near", tmp_path / "far"
    for path in (
        "far/city/model.safetensors",
        "far/city/other.pth",
        "far/nebula.pth",
        "near/x.onnx",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    (far / "notes.txt").write_text("no model")
    return [near, far, tmp_path / "absent"]


def test_a_model_is_a_folder_or_a_file(folders):
    assert find("city", folders) == folders[1] / "city" / "model.safetensors"
    assert find("nebula", folders) == folders[1] / "nebula.pth"
    assert find("nebula.pth", folders) == folders[1] / "nebula.pth"
    assert find("city/other.pth", folders) == folders[1] / "city" / "other.pth"


def test_the_nearer_folder_wins_and_safetensors_before_the_rest(folders):
    (folders[0] / "nebula.safetensors").write_bytes(b"")
    assert find("nebula", folders) == folders[0] / "nebula.safetensors"


def test_a_path_is_found_from_anywhere(folders):
    path = folders[1] / "nebula.pth"
    assert find(str(path), []) == path
    assert find(str(folders[1] / "city"), []) == folders[1] / "city" / "model.safetensors"


def test_a_mistyped_name_gets_the_closest(folders):
    with pytest.raises(ModelError, match=r"no model 'citty'.*did you mean 'city'"):
        find("citty", folders)
    with pytest.raises(ModelError, match="there is: city, nebula, x"):
        find("qqqqqq", folders)
    with pytest.raises(ModelError, match="there is none at all: train one"):
        find("city", [])


def test_a_missing_path_is_said_to_be_missing(tmp_path):
    with pytest.raises(ModelError, match="no such checkpoint"):
        find(str(tmp_path / "a.pth"), [])


def test_everything_that_can_be_played_is_listed_once(folders):
    assert [name for name, _ in available(folders)] == ["city", "nebula", "x"]


def test_a_file_that_is_half_written_is_no_model(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    with replacing(folder / "model.safetensors") as beside:
        beside.write_bytes(b"half")
        with pytest.raises(ModelError, match="no model 'mine'"):
            find("mine", [tmp_path])
    assert find("mine", [tmp_path]) == folder / "model.safetensors"


def test_names_are_found_however_the_disk_stores_their_accents(tmp_path):
    for number, form in enumerate(("NFC", "NFD")):
        folder = tmp_path / str(number)
        (folder / unicodedata.normalize(form, "Öl")).mkdir(parents=True)
        (folder / unicodedata.normalize(form, "Öl") / "model.pth").write_bytes(b"")
        (folder / unicodedata.normalize(form, "né.pth")).write_bytes(b"")
        for typed in ("NFC", "NFD"):
            for name in ("Öl", "né", "né.pth", "Öl/model", "Öl/model.pth"):
                found = find(unicodedata.normalize(typed, name), [folder])
                assert found.read_bytes() == b"" and found.is_relative_to(folder)
        assert [name for name, _ in available([folder])] == ["né", "Öl"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["100_net_D", "100_net_G", "latest_net_D", "latest_net_G"], "latest_net_G"),
        (["5_net_G", "40_net_G", "200_net_G", "200_net_D"], "200_net_G"),
        (["D", "G"], "G"),
        (["discriminator", "dog", "optimizer"], "dog"),
        (["netD_A", "netG_A"], "netG_A"),
        (["latest_net_G", "model"], "model"),
        (["latest_net_G", "facades"], "facades"),
        (["latest_net_D"], "latest_net_D"),
        (["latest_net_G_A", "latest_net_D_A", "5_net_G_A"], "latest_net_G_A"),
    ],
)
def test_of_a_folder_the_generator_is_taken(tmp_path, files, found):
    folder = tmp_path / "facades"
    folder.mkdir()
    for name in files:
        (folder / f"{name}.pth").write_bytes(b"")
    (folder / "model.json").write_text('{"title": "of the folder"}')
    path = find("facades", [tmp_path])
    assert path.stem == found
    assert available([tmp_path]) == [("facades", path)]
    if "_net_G" in found:
        assert read_card(path).title == "of the folder"


def test_of_two_generators_in_a_folder_each_has_a_name(tmp_path):
    folder = tmp_path / "horse"
    folder.mkdir()
    for name in ("latest_net_G_A", "latest_net_G_B", "latest_net_D_A", "5_net_G_A"):
        (folder / f"{name}.pth").write_bytes(b"")
    with pytest.raises(ModelError, match=r'2 generators .*"horse/latest_net_G_A"'):
        find("horse", [tmp_path])
    names = [name for name, _ in available([tmp_path])]
    assert names == ["horse/5_net_G_A", "horse/latest_net_G_A", "horse/latest_net_G_B"]
    for name in names:
        assert find(name, [tmp_path]) == folder / f"{name.partition('/')[2]}.pth"


def test_what_a_training_keeps_is_no_model(tmp_path):
    (tmp_path / "mine.training").mkdir()
    (tmp_path / "mine.training" / "state.pt").write_bytes(b"")
    assert available([tmp_path]) == []
    with pytest.raises(ModelError, match="is the state of a training"):
        find("mine.training", [tmp_path])


def test_a_name_that_two_files_have_is_told(folders):
    (folders[0] / "nebula.onnx").write_bytes(b"")
    assert "nebula.onnx is played" in clash("nebula", folders)
    assert clash("city", folders) == clash("x", folders) == clash("none", folders) == ""
    assert clash("city", [folders[1], folders[1].parent / "far"]) == ""
