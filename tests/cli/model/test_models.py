"""`livegan models`, `score` and `export`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from livegan.generators import Card, read_card, save_checkpoint
from tests.cli.test_commands import livegan
from tests.generators.conftest import small
from tests.generators.foreign.archives import scripted
from tests.generators.originals import resnet_state
from tests.rehearsal.test_rehearsing import write_wav
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
        "16x16",
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
        ("--watch-model mine.training", "the state of a training; name the model that it trains"),
        ("--watch-model models/mine --watch-model mine", "two models are called 'mine'"),
    ],
)
def test_a_model_to_watch_that_cannot_be_is_told_before_the_show(
    work: Path, args: str, said: str
) -> None:
    (work / "mine.training").mkdir()
    (work / "mine.training" / "state.pt").touch()
    assert said in livegan(f"perform set.py {args}", code=2)


def test_no_set_is_written_for_a_model_that_nothing_trains(work: Path) -> None:
    said = livegan("perform --watch-model models/nope", code=2)
    assert "there is no such model and no training that writes it; begin the training first" in said
    assert not (work / "shows").exists()


def test_without_a_set_a_model_to_watch_gets_one(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    said = livegan("perform --watch-model models/mine --seconds 0.2 --fps 5 --size 16")
    assert "written: shows/mine.py" in said and "shows/mine.mp4" in said
    assert "show(model('mine'))" in (work / "shows" / "mine.py").read_text()


@pytest.mark.parametrize("width", [60, 80, 120, 180])
def test_the_list_fits_the_terminal_and_breaks_no_word(
    work: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    save_checkpoint(work / "models" / "[a] b", small(0), Card(encoder="levels_timeline"))
    (work / "models" / "broken.pth").write_bytes(b"<!doctype html><html></html>")
    said = livegan("models")
    lines = said.splitlines()
    table = [line for line in lines if line[:1] in "┏┃┡│└"]
    assert table and max(map(len, table)) <= width
    assert len(table) == len(table[:1]) * 4 + said.count("\n│")  # each model is one line
    for word in ("mine", "[a] b", "levels_timeline", "broken", "nebula"):
        assert any(f"│ {word} " in line for line in table), word
    assert "CC0-1.0" in said and ("models/mine/model.safetensors" in said) == (width > 120)
    assert "broken: models/broken.pth: a saved web page" in said
    assert "│ models " not in said
    for line in livegan("models mine").splitlines():
        assert len(line) <= width


def test_an_export_does_not_hide_its_model_and_a_clash_is_told(work: Path) -> None:
    Image.new("L", (16, 16)).save(work / "in.png")
    (work / "mine.onnx").write_bytes(b"not played")
    said = livegan("generate mine --in in.png --out out.png")
    assert "mine: models/mine/model.safetensors is played; mine.onnx has that name too" in said
    assert "written: out.png" in said
    (work / "mine.onnx").unlink()
    assert "has that name" not in livegan("generate mine --in in.png --out out.png")


def test_what_a_training_keeps_is_no_model(work: Path) -> None:
    (work / "mine.training").mkdir()
    torch.save(resnet_state(2, 6, "batch"), work / "mine.training" / "state.pt")
    assert "mine.training" not in livegan("models")
    said = livegan("generate mine.training --in in.png --out out.png", code=1)
    assert "mine.training is the state of a training; name the model that it trains" in said


def test_torchscript_plays_where_the_command_trusts_it(work: Path) -> None:
    Image.new("RGB", (16, 16), "red").save(work / "in.png")
    scripted(torch.nn.Identity(), work / "models" / "same.pt")
    said = livegan("generate same --in in.png --out out.png", code=1)
    assert "is TorchScript, a program" in said and "--trust" in said
    assert "same: models/same.pt: is TorchScript" in " ".join(livegan("models").split())
    assert "written" in livegan("generate same --in in.png --out out.png --trust")
    with Image.open(work / "out.png") as picture:
        assert picture.getpixel((8, 8)) == (255, 0, 0)
    assert "TorchScript" in livegan("models same --trust")


def test_the_folder_of_the_pix2pix_project_plays_its_newest_generator(work: Path) -> None:
    folder = work / "models" / "facades"
    folder.mkdir()
    torch.save(resnet_state(2, 6, "batch"), folder / "latest_net_G.pth")
    for name in ("5_net_G", "100_net_D", "latest_net_D"):
        (folder / f"{name}.pth").write_bytes(b"not played")
    assert "latest_net_G.pth" in livegan("models facades")
    (folder / "latest_net_G_B.pth").write_bytes(b"another")
    said = livegan("models facades", code=1)
    assert "holds 2 generators (latest_net_G, latest_net_G_B); name one" in said
    assert "latest_net_G.pth" in livegan("models facades/latest_net_G")
