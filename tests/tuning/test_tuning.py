"""Everything that is installed is tried, compared with torch in float32, timed and remembered."""

from __future__ import annotations

import os
import stat
import sys

import pytest
import torch

from livegan.generators import Card, load, save_checkpoint
from livegan.generators.backends.choices import recall
from livegan.generators.backends.names import own_torch
from livegan.generators.backends.slot import kept_ranges
from livegan.size import Size
from livegan.tuning import tuning
from livegan.tuning.conditions import conditions, drawings_of, made_sound
from livegan.tuning.likeness import MOST_DB, compare, decibels
from livegan.tuning.tuning import TuningTask, calibrate, tune

from ..generators.backends.conftest import offer as offer
from ..generators.conftest import small

SIZE = (64, 64)


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A model, and conditions that cost nothing."""

    def drawn(card, sounds, size, each):
        chance = torch.Generator().manual_seed(2)
        return {name: [torch.rand(3, *size, generator=chance)] for name in ("own", "other")}

    monkeypatch.setattr(tuning, "conditions", drawn)
    monkeypatch.setattr(tuning, "calibration_sounds", list)
    monkeypatch.setattr(tuning, "check_sounds", list)
    monkeypatch.setattr(tuning, "ROUNDS", 1)
    save_checkpoint(tmp_path / "mine", small(5), Card(name="mine", norm="running"))
    return load(tmp_path / "mine" / "model.safetensors")


def asked(model, **options) -> TuningTask:
    return TuningTask(model, "running", SIZE, (1,), options.get("without", {}))


def only(monkeypatch, *names: str) -> None:
    """Try backends of these names alone."""
    found, left_out = tuning.candidates()
    kept = [each for each in found if each.name in names]
    monkeypatch.setattr(tuning, "candidates", lambda: (kept, dict(left_out)))


def test_what_paints_as_torch_does_is_timed_and_what_fails_says_why(offer, model, monkeypatch):
    truth = tuning.reference(model, "running", SIZE)
    offer("same", lambda spec, variant: truth)
    offer("far", lambda spec, variant: lambda x: truth(x) * 0.5)
    offer("dead", lambda spec, variant: 1 / 0)
    offer("absent", missing="it needs absent")
    only(monkeypatch, own_torch(), "same", "far", "dead", "skipped")
    measured = tune(asked(model, without={"skipped": "it crashed while it was tried"}))
    rows = {row.name: row for row in measured.rows}
    assert rows["same"].db == MOST_DB and rows["same"].ssim == 1.0 and rows["same"].ms
    assert rows["far"].ms and "not near enough" in rows["far"].why
    assert rows["dead"].ms is None and rows["dead"].why == "ZeroDivisionError: division by zero"
    assert measured.left_out["absent"] == "it needs absent"
    assert measured.left_out["skipped"] == "it crashed while it was tried"
    assert measured.chosen(1) in ("same", own_torch())
    assert recall(model.digest, "running", SIZE) == measured


def test_the_calibration_lies_beside_the_model_or_in_the_cache(model, monkeypatch):
    assert kept_ranges(model, "running") is None
    found = calibrate(model, "running", SIZE)
    beside = model.path.with_name("model.running.int8.json")
    assert beside.is_file() and kept_ranges(model, "running") == found
    beside.unlink()
    if sys.platform == "win32" or os.geteuid() == 0:  # nothing is read-only for those
        monkeypatch.setattr(
            tuning, "write_ranges", refusing(tuning.write_ranges, model.path.parent)
        )
    else:
        model.path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert calibrate(model, "running", SIZE) == found
    assert not beside.exists() and kept_ranges(model, "running") == found


def refusing(write, folder):
    def refused(path, *rest):
        if path.parent == folder:
            raise OSError("read-only")
        write(path, *rest)

    return refused


def test_likeness_is_the_least_over_kinds_of_conditions():
    black, grey = torch.full((1, 3, 16, 16), -1.0), torch.zeros(1, 3, 16, 16)
    given = {"near": [grey], "far": [black]}
    painted = {"near": [grey], "far": [grey]}
    found = compare(lambda x: x, given, painted)
    assert found.db == pytest.approx(6.02, abs=0.01) and found.ssim < 0.5
    assert decibels(grey, grey) == MOST_DB
    assert decibels(grey, grey * float("nan")) == 0.0


def test_conditions_are_those_of_the_card_and_of_encoders_it_may_be_cross_fed():
    card = Card(encoder="levels", encoder_params={"gain": 2.0})
    assert [each.name for each in drawings_of(card)] == [
        "levels", "waveform", "timeline", "levels_timeline",
    ]  # fmt: skip
    assert drawings_of(card)[0].values["gain"] == 2.0
    found = conditions(card, [made_sound(1.0)], Size.square(32), 2)
    assert all(len(pictures) == 2 for pictures in found.values()) and len(found) == 4
    assert found["levels"][0].shape == (3, 32, 32) and 0 < found["levels"][1].max() <= 1


def test_an_encoder_that_nobody_has_is_left_out():
    assert next(d.name for d in drawings_of(Card(encoder="nobodys"))) == "waveform"
