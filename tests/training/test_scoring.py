"""Scores of a model that is there already, on somebody's own films and music."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from livegan.generators import Card, Checkpoint, ModelError, load, save_checkpoint
from livegan.training.layout import PairsError
from livegan.training.pairs import Pairs
from livegan.training.scores import against_truth
from livegan.training.scoring import MISMATCHED, score
from tests.generators.originals import resnet_state
from tests.rehearsal.test_rehearsing import write_wav
from tests.training.test_scores import struck
from tests.training.tiny_pairs import data_set

CARD = {"name": "mine", "encoder": "levels", "size": 16, "norm": "running", "title": "Mine"}


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    """A tiny network that was fed levels."""
    state = resnet_state(2, 1, "batch")
    return load(
        save_checkpoint(tmp_path / "mine", state, Card.from_dict(CARD), dtype=torch.float32)
    )


def test_scores_are_those_of_the_network_and_their_means_go_on_the_card(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    data = [data_set(tmp_path / "one", val=1, size=16), data_set(tmp_path / "two", val=3, size=16)]
    write_wav(tmp_path / "a.wav", struck(2))
    write_wav(tmp_path / "b.wav", 0.1 * struck(2)[::-1])
    sounds = [tmp_path / "a.wav", tmp_path / "b.wav"]
    said: dict[str, list[float]] = {}

    def progress(what: str, done: float) -> None:
        said.setdefault(what, []).append(done)

    found = score(checkpoint, data=data, sounds=sounds, progress=progress)

    assert [each.pairs for each in found.likenesses] == [1, 3]
    module = checkpoint.module()
    for each, folder in zip(found.likenesses, data, strict=True):
        expected = against_truth(module, Pairs(folder / "val"))
        assert each.truth.l1 == pytest.approx(expected.l1, abs=0.005)
    l1 = [each.truth.l1 for each in found.likenesses]
    truth = found.truth()
    assert truth is not None and truth.l1 == pytest.approx((l1[0] + 3 * l1[1]) / 4)
    fed = [(Path(each.sound).name, each.encoder, each.own) for each in found.playings]
    assert fed == [
        ("a.wav", "levels", True),
        ("a.wav", MISMATCHED[0], False),
        ("b.wav", "levels", True),
        ("b.wav", MISMATCHED[0], False),
    ]
    assert len(said) == 8  # two data sets, two files, and both files fed by two encoders
    for what, done in said.items():
        assert done == sorted(done) and (done[-1] == 1 or what.startswith("reading"))

    card = found.on_card(checkpoint.card)
    assert card.title == "Mine" and checkpoint.card.scores == {}
    assert card.scores["l1"] == round(truth.l1, 4)
    assert card.scores["pairs"] == 4 and card.scores["sounds"] == ["a.wav", "b.wav"]
    assert card.scores["fed waveform"].keys() == {
        "flicker", "response", "variety", "structure", "colour", "align", "by_chance", "apart",
    }  # fmt: skip
    mean = sum(p.motion.flicker for p in found.playings if p.own) / 2
    assert card.scores["flicker"] == round(mean, 4)


def test_what_is_cross_fed_is_what_is_asked_for_else_what_the_card_has(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    write_wav(tmp_path / "a.wav", struck(1))
    asked = score(checkpoint, sounds=[tmp_path / "a.wav"], fed=["timeline:seconds=5", "levels"])
    assert [(p.encoder, p.own) for p in asked.playings] == [
        ("levels", True),
        ("timeline", False),
        ("levels", False),
    ]
    checkpoint.card.scores = {"l1": 0.5, "fed timeline": {"flicker": 0.1}}
    again = score(checkpoint, sounds=[tmp_path / "a.wav"])
    assert [p.encoder for p in again.playings] == ["levels", "timeline"]
    assert again.on_card(checkpoint.card).scores["l1"] == 0.5


def test_data_of_another_encoder_or_without_held_out_pairs_is_refused(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    data = data_set(tmp_path / "data", val=1, size=16)
    made = {"settings": {"encoders": [{"name": "timeline", "parameters": {}}]}, "films": []}
    (data / "manifest.json").write_text(json.dumps(made))
    with pytest.raises(ModelError, match="drawn by timeline, and mine learned from levels"):
        score(checkpoint, data=[data])
    with pytest.raises(PairsError, match="nothing: holds no pairs"):
        score(checkpoint, data=[tmp_path / "nothing"])
    with pytest.raises(PairsError, match=r"none of its pairs is held out.*--val-film"):
        score(checkpoint, data=[data_set(tmp_path / "all", val=0, size=16)])
    checkpoint.card.encoder = ""
    write_wav(tmp_path / "a.wav", struck(1))
    with pytest.raises(ModelError, match="its card names no encoder"):
        score(checkpoint, sounds=[tmp_path / "a.wav"])


def test_with_nothing_held_out_the_sound_is_scored_all_the_same(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    write_wav(tmp_path / "a.wav", struck(1))
    data = data_set(tmp_path / "all", val=0, size=16)
    found = score(checkpoint, data=[data], sounds=[tmp_path / "a.wav"])
    assert found.likenesses == [] and len(found.playings) == 2
    assert found.notes == [
        f"{data}: none of its pairs is held out, so L1 and SSIM are not measured; hold out a film: "
        "livegan dataset ... --val-film FILM --out NEW"
    ]


def test_a_model_that_is_fed_pictures_is_scored_on_its_pairs_in_its_direction(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    data = data_set(tmp_path / "data", val=2, size=16)
    checkpoint.card.encoder = ""
    checkpoint.card.other["recipe"] = {"direction": "BtoA"}
    (likeness,) = score(checkpoint, data=[data]).likenesses
    expected = against_truth(checkpoint.module(), Pairs(data / "val", direction="BtoA"))
    assert likeness.truth.l1 == pytest.approx(expected.l1, abs=0.005)
