"""A finished training becomes a model that a set can name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from livegan.generators import Generator, find, load, read_card
from livegan.training import PairsError, Recipe, pack, train
from livegan.training.packing import publish
from tests.training.tiny_pairs import data_set


def test_a_packed_model_is_found_by_name_and_paints_what_was_trained(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", size=128)
    manifest = {
        "settings": {"encoders": [{"name": "levels", "parameters": {"gain": 1.0}, "sha256": "ab"}]},
        "films": [{"error": ""}, {"error": "no"}],
    }
    (data / "manifest.json").write_text(json.dumps(manifest))
    trained = train(data, tmp_path / "work", Recipe(arch="small", steps=4, batch=2, filters=8))
    pack(trained, data, tmp_path / "models" / "mine", title="Mine", licence="CC0-1.0")

    path = find("mine", [tmp_path / "models"])
    card = read_card(path)
    assert (card.name, card.encoder, card.encoder_params) == ("mine", "levels", {"gain": 1.0})
    assert card.size.plain == 128 and card.data == "6 pairs from 1 films" and card.norm == "running"
    assert 0 < card.scores["l1"] < 1
    with Image.open(path.parent / card.picture) as picture:
        assert picture.size == (256, 256)

    condition = torch.rand(3, 128, 128)
    painted = Generator(load(path), precision="float32", norm="running").paint(condition)
    with torch.no_grad():
        expected = (trained.network(condition[None] * 2 - 1)[0] + 1) / 2
    # Weights are stored in half precision.
    torch.testing.assert_close(painted, expected, atol=0.02, rtol=0)


def test_data_without_a_manifest_can_be_packed_too(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", val=0)
    trained = train(data, tmp_path / "work", Recipe(arch="small", steps=1, batch=2, filters=8))
    card = read_card(pack(trained, data, tmp_path / "plain"))
    assert trained.val_l1 is None and card.encoder == "" and card.scores == {}


def test_a_training_that_goes_on_publishes_its_model_and_is_not_disturbed(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", size=128)
    trained = train(data, tmp_path / "work", Recipe(arch="small", steps=2, batch=2, filters=8))
    trained.network.train()
    before = {key: value.clone() for key, value in trained.network.state_dict().items()}
    assert publish(trained, data, tmp_path / "models" / "mine", made_with="livegan train") == ""
    assert trained.network.training
    for key, value in trained.network.state_dict().items():
        assert torch.equal(value, before[key])

    path = find("mine", [tmp_path / "models"])
    card = read_card(path)
    assert trained.val_l1 is not None and card.scores == {"l1": round(trained.val_l1, 4)}
    assert card.other["steps"] == 2 and card.size.plain == 128
    kept = load(path).module().state_dict()
    torch.testing.assert_close(kept["head.bias"], before["head.bias"])


def test_what_cannot_be_published_is_a_line_and_the_model_before_stays(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", val=0)
    trained = train(data, tmp_path / "work", Recipe(arch="small", steps=1, batch=2, filters=8))
    assert publish(trained, data, tmp_path / "mine") == ""
    whole = (tmp_path / "mine" / "model.safetensors").read_bytes()
    damaged = data / "val" / "000.png"
    damaged.write_bytes(b"")
    assert "000.png: cannot be read" in publish(trained, data, tmp_path / "mine")
    with pytest.raises(PairsError, match=r"000\.png: cannot be read"):
        pack(trained, data, tmp_path / "mine")
    damaged.unlink()
    with torch.no_grad():
        next(trained.network.parameters()).fill_(float("inf"))
    said = publish(trained, data, tmp_path / "mine")
    assert "not finite" in said and "\n" not in said
    assert (tmp_path / "mine" / "model.safetensors").read_bytes() == whole

    (tmp_path / "file").write_text("in the way")
    assert "not written" in publish(trained, data, tmp_path / "file" / "mine")
