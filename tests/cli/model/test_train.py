"""`livegan train`, as it is typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from livegan.generators.card import Card
from livegan.generators.checkpoint import save_checkpoint
from livegan.lock import held
from livegan.openmp import CHOSEN, wait_asleep
from livegan.training.batch import Batch
from livegan.training.state import load
from livegan.training.step.learner import Learner
from tests.cli.test_commands import livegan
from tests.generators.originals import resnet_state
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
    assert "interrupted at step 3; run the same command to continue from there" in said
    assert said.index("Ctrl-C: finishing and saving this step") < said.index("interrupted at")
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
    assert "interrupted; run the same command to continue from the last save" in said
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
    assert "delete it to start again" in livegan(TRAIN, 1)
    state.unlink()
    assert "models/mine: 5 steps" in livegan(TRAIN)


@pytest.mark.parametrize("out", [".", "..", "models/..", "/", "data/train/000.png"])
def test_out_is_the_folder_of_a_model(work: Path, out: str) -> None:
    said = livegan(f"train data --out {out} --epochs 1", 2)
    assert f"--out is a model's folder, such as models/mine, got '{out}'" in said


def test_two_trainings_of_one_model_are_refused(work: Path) -> None:
    with held(work / "models" / "mine.training", "trained"):
        assert "models/mine.training is being trained by process" in livegan(TRAIN, 1)


def test_a_model_is_trained_as_another_was(work: Path) -> None:
    recipe = {"arch": "small", "hours": 9.0, "batch": 2, "gan": "lsgan", "l1": 24.0, "settle": 0.0}
    card = Card.from_dict({"name": "theirs", "hours": 9.0, "recipe": recipe})
    save_checkpoint(work / "models" / "theirs", resnet_state(2, 1, "batch"), card)
    livegan("train data --out models/mine --like theirs --epochs 1")
    mine = json.loads((work / "models/mine/model.json").read_text())
    learned = mine["recipe"]
    assert {key: learned[key] for key in ("batch", "gan", "l1")} == {
        "batch": 2, "gan": "lsgan", "l1": 24.0,
    }  # fmt: skip
    assert learned["settle"] == 0.4  # it begins from noise
    assert "--like theirs" in mine["made_with"]
    assert "leave out --arch and --preset" in livegan(f"{TRAIN} --like theirs --arch small", 2)
    livegan("train data --out models/plain --epochs 1")
    assert "resnet" not in livegan("train data --out models/x --like plain --epochs 1")
    save_checkpoint(work / "models" / "bare", resnet_state(2, 1, "batch"), Card(name="bare"))
    assert "bare: its card says no recipe" in livegan("train data --out models/y --like bare", 1)


def test_the_other_direction_is_on_the_card(work: Path) -> None:
    livegan("train data --out models/back --epochs 1 --direction BtoA")
    card = json.loads((work / "models/back/model.json").read_text())
    assert card["recipe"]["direction"] == "BtoA" and card.get("encoder", "") == ""
    assert "--direction is one of AtoB, BtoA" in livegan(f"{TRAIN} --direction up", 2)


def test_threads_that_wait_sleep_unless_it_was_decided_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in CHOSEN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOMP_SPINCOUNT", "1000")
    wait_asleep()
    assert "OMP_WAIT_POLICY" not in os.environ
    monkeypatch.delenv("GOMP_SPINCOUNT")
    monkeypatch.setenv("OMP_WAIT_POLICY", "")  # so that it is put back after the test
    monkeypatch.delenv("OMP_WAIT_POLICY")
    wait_asleep()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


def test_it_is_settled_before_torch_is_loaded() -> None:
    """The policy is read when the library of torch is loaded, and not again."""
    program = (
        "import sys, livegan.openmp as o\n"
        "o.wait_asleep = lambda: sys.exit('torch' in sys.modules)\n"
        "import livegan.cli.model.train as t\n"
        "t.wait_asleep = o.wait_asleep\n"
        "from livegan.cli import app\n"
        "app(['train', 'nothing', '--out', 'x'])"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
