"""`livegan models`, `score` and `export`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from livegan.generators import Card, read_card, save_checkpoint
from tests.cli.test_commands import livegan
from tests.generators.conftest import small
from tests.generators.originals import resnet_state
from tests.test_rehearsal import write_wav
from tests.training.test_scores import struck
from tests.training.tiny_pairs import data_set

CARD = {
    "name": "mine",
    "title": "Mine [and yours]",
    "encoder": "levels",
    "encoder_params": {"gain": 2.0},
    "size": 16,
    "norm": "running",
    "data": "12 pairs from 2 films",
    "hours": 0.5,
    "licence": "CC0-1.0",
    "picture": "sample.jpg",
    "made_with": "livegan train",
    "scores": {
        "l1": 0.25,
        "flicker": 0.01,
        "response": 2.5,
        "fed timeline": {"flicker": 0.03, "response": 1.25},
        "sounds": ["song.ogg"],
    },
    "steps": 400,
    "recipe": {"arch": "resnet", "batch": 4},
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the model ``mine``, of the pix2pix project, and ``tiny``, of livegan's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    state = resnet_state(2, 6, "batch")
    save_checkpoint(tmp_path / "models" / "mine", state, Card.from_dict(CARD))
    save_checkpoint(tmp_path / "models" / "tiny", small(0), dtype=torch.float32)
    return tmp_path


def test_one_model_is_shown_with_all_that_its_card_says(work: Path) -> None:
    said = livegan("models mine")
    for text in (
        "Mine [and yours]",
        "model('mine', encode.levels(sound, gain=2.0))",
        "16 x 16",
        "12 pairs from 2 films",
        "400 steps in 0.5 h",
        "arch resnet, batch 4",
        "CC0-1.0",
        "models/mine/sample.jpg",
        "models/mine/model.safetensors",
        "measured on song.ogg",
    ):
        assert text in said, text
    rows = [line.split() for line in said.splitlines() if "0.0100" in line or "0.0300" in line]
    assert [[word for word in row if word[0].isdigit()] for row in rows] == [
        ["0.2500", "0.0100", "2.5000"],
        ["0.0300", "1.2500"],
    ]
    card = json.loads(livegan("models mine --json"))
    assert card["scores"] == CARD["scores"] and card["path"].endswith("model.safetensors")
    assert "did you mean 'mine'" in livegan("models mien", code=1)
    assert "model.safetensors" in livegan("models tiny")  # which has no card


def test_the_list_has_the_scores_too(work: Path) -> None:
    row = next(r for r in json.loads(livegan("models --json")) if r["name"] == "mine")
    assert row["scores"]["fed timeline"]["flicker"] == 0.03 and row["hours"] == 0.5
    line = next(line for line in livegan("models").splitlines() if "│ mine" in line)
    assert "0.25" in line and "2.5" in line and "CC0-1.0" in line


def test_a_model_is_scored_on_its_users_data_and_music_and_the_card_written(work: Path) -> None:
    data_set(work / "data", val=2, size=16)
    write_wav(work / "song.wav", struck(2))
    said = livegan("score mine --data data --sound song.wav")
    assert "data (2 pairs)" in said and "song.wav: timeline (cross-fed)" in said
    assert read_card(work / "models" / "mine").scores == CARD["scores"]
    result = json.loads(livegan("score mine --sound song.wav --json --write"))
    scores = read_card(work / "models" / "mine").scores
    assert scores == result["scores"] and scores["sounds"] == ["song.wav"]
    assert scores["l1"] == 0.25 and scores["response"] != 2.5 and "variety" in scores
    assert [row["fed"] for row in result["rows"]] == ["levels", "timeline (cross-fed)"]


@pytest.mark.parametrize(
    ("command", "said", "code"),
    [
        ("score mine", "give --data DIR, --sound FILE, or both", 2),
        ("score mine --data nothing", "holds no pairs", 1),
        ("score mine --sound nothing.wav", "nothing.wav", 1),
        ("score tiny --sound nothing.wav", "its card names no encoder", 1),
        ("score mine --sound nothing.wav --fed wavefrom", "did you mean 'waveform'", 1),
        ("score mine --sound a.wav --norm batch", "--norm is one of frame, running", 2),
        ("export mine --to jpg", "--to is one of pth, onnx", 2),
        ("export mien --to pth", "did you mean 'mine'", 1),
        ("export tiny --to pth", "livegan's own small network", 1),
        ("export mine --to onnx --size 17", "give --size 16", 1),
    ],
)
def test_a_mistake_is_one_clear_line(work: Path, command: str, said: str, code: int) -> None:
    output = livegan(command, code=code)
    assert said in output and "Traceback" not in output
    assert len(output.strip().splitlines()) == 1


def test_an_export_says_how_the_project_tests_it_and_writes_over_nothing(work: Path) -> None:
    said = livegan("export mine --to pth")
    assert "written: checkpoints/mine/latest_net_G.pth" in said
    assert "python test.py --dataroot CONDITIONS --name mine --model test --netG resnet_6bl" in said
    again = livegan("export mine --to pth", code=1)
    assert "checkpoints/mine/latest_net_G.pth is there already; give --force" in again
    livegan("export mine --to pth --force --out checkpoints/mine/latest_net_G.pth")
    assert len(torch.load(work / "checkpoints/mine/latest_net_G.pth", weights_only=True)) > 20


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("--watch-model nowhere/mine", "there is no folder nowhere"),
        ("--watch-model mine.training", "the state of a training; give the model that it writes"),
        ("--watch-model models/mine --watch-model mine", "two models are called 'mine'"),
    ],
)
def test_a_model_to_watch_that_cannot_be_is_told_before_the_show(
    work: Path, args: str, said: str
) -> None:
    (work / "mine.training").mkdir()
    (work / "mine.training" / "state.pt").touch()
    assert said in livegan(f"perform set.py {args}", code=2)


def test_without_a_set_a_model_to_watch_gets_one(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    said = livegan("perform --watch-model models/mine --seconds 0.2 --fps 5 --size 16")
    assert "written: shows/mine.py" in said and "shows/mine.mp4" in said
    assert "show(model('mine'))" in (work / "shows" / "mine.py").read_text()
