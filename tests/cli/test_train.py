"""`livegan train`, as it is typed."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import torch
from torch import Tensor

from livegan.lock import held
from livegan.training.batch import Batch
from livegan.training.learner import Learner
from livegan.training.state import load
from tests.cli.test_commands import livegan
from tests.training.tiny_pairs import data_set

TRAIN = "train data --out models/mine --epochs 3"  # five steps


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    data_set(tmp_path / "data")
    return tmp_path


def pressing(monkeypatch: pytest.MonkeyPatch, step: int, times: int = 1) -> None:
    """Ctrl-C so many times in the step of a number."""
    real, done = Learner.step, 0

    def pressed(self: Learner, batch: Batch, over: float) -> dict[str, Tensor]:
        nonlocal done
        done += 1
        if done == step:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)
        return real(self, batch, over)

    monkeypatch.setattr(Learner, "step", pressed)


def test_ctrl_c_saves_and_the_same_command_goes_on_to_the_same_weights(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patch:
        pressing(patch, 3)
        said = livegan(TRAIN, 130)
    assert "interrupted at step 3; the same command goes on from there" in said
    assert load(work / "models/mine.training/state.pt")["step"] == 3
    assert (work / "models/mine/model.safetensors").is_file()
    assert "models/mine: 5 steps" in livegan(TRAIN)
    assert "models/other: 5 steps" in livegan(TRAIN.replace("mine", "other"))
    one, two = (
        load(work / f"models/{name}.training/state.pt")["painter"] for name in ("mine", "other")
    )
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_waits_for_no_save(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        pressing(patch, 3, times=2)
        said = livegan(TRAIN, 130)
    assert "interrupted; the same command goes on from its last save" in said
    assert load(work / "models/mine.training/state.pt")["step"] == 0
    assert "5 steps" in livegan(TRAIN)


def test_a_model_that_was_not_trained_from_here_stays_as_it_is(work: Path) -> None:
    for file in ("model.safetensors", "theirs.pth", "model.json"):
        theirs = work / "models" / "mine" / file
        theirs.parent.mkdir(parents=True)
        theirs.write_text("theirs")
        said = livegan(TRAIN, 1)
        assert (
            f"models/mine/{file}: of a model that was not trained from here; give another" in said
        )
        assert theirs.read_text() == "theirs" and not (work / "models/mine.training").exists()
        theirs.unlink()
        theirs.parent.rmdir()


def test_a_state_that_is_deleted_as_its_message_says_begins_anew(work: Path) -> None:
    state = work / "models/mine.training/state.pt"
    state.parent.mkdir(parents=True)
    state.write_bytes(b"damaged")
    (state.parent / "log.jsonl").write_text("{}\n")
    (work / "models" / "mine").mkdir()
    (work / "models" / "mine" / "model.safetensors").write_text("of the training before")
    assert "delete it to begin anew" in livegan(TRAIN, 1)
    state.unlink()
    assert "models/mine: 5 steps" in livegan(TRAIN)


@pytest.mark.parametrize("out", [".", "..", "models/..", "/", "data/train/000.png"])
def test_out_is_the_folder_of_a_model(work: Path, out: str) -> None:
    said = livegan(f"train data --out {out} --epochs 1", 2)
    assert f"--out is a model's folder, such as models/mine, got '{out}'" in said


def test_two_trainings_of_one_model_are_refused(work: Path) -> None:
    with held(work / "models" / "mine.training", "trained"):
        assert "models/mine.training is being trained by process" in livegan(TRAIN, 1)
