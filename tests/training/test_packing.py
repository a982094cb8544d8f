"""A finished training becomes a model that a set can name."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from PIL import Image

from livegan.generators import Generator, find, load, read_card
from livegan.training import Recipe, pack, train
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
    assert card.size == 128 and card.data == "6 pairs from 1 films" and card.norm == "running"
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
