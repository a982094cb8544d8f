from __future__ import annotations

import json

import pytest

from livegan.generators import Card, ModelError, read_card
from livegan.generators.card import write_card


def test_a_card_comes_back_and_keeps_what_it_does_not_know(tmp_path):
    (tmp_path / "model.json").write_text('{"name": "a", "mood": "blue", "hours": "2.5"}')
    card = read_card(tmp_path)
    assert (card.name, card.hours, card.other) == ("a", 2.5, {"mood": "blue"})
    write_card(tmp_path / "model.json", card)
    assert json.loads((tmp_path / "model.json").read_text())["mood"] == "blue"
    assert read_card(tmp_path) == card


def test_values_of_another_type_are_left_at_their_default(tmp_path):
    (tmp_path / "model.json").write_text(
        '{"size": "large", "scores": 3, "encoder": null, "data": {"a": 1}, "hours": [1]}'
    )
    card = read_card(tmp_path)
    assert not card.size
    assert (card.scores, card.encoder, card.data, card.hours) == ({}, "", "", 0.0)


def test_a_model_without_a_card_has_its_name(tmp_path):
    (tmp_path / "city.pth").write_bytes(b"")
    assert read_card(tmp_path / "city.pth") == Card(name="city")
    assert read_card(tmp_path / "model.pth") == Card(name=tmp_path.name)


def test_a_card_in_a_shared_folder_belongs_to_its_own_weights(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.pth").write_bytes(b"")
    (tmp_path / "model.json").write_text('{"title": "whose?"}')
    (tmp_path / "b.json").write_text('{"title": "b"}')
    assert read_card(tmp_path / "a.pth").title == ""
    assert read_card(tmp_path / "b.pth").title == "b"


@pytest.mark.parametrize("text", ["{", "[1]", "\xff"])
def test_a_broken_card_is_refused_by_name(tmp_path, text):
    (tmp_path / "model.json").write_text(text, encoding="latin-1")
    with pytest.raises(ModelError, match=r"model.json: not a card"):
        read_card(tmp_path)
