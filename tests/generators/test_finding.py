from __future__ import annotations

import pytest

from livegan.generators import ModelError, available, find
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
