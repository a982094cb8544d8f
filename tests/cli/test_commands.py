"""The command line, as it is typed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from livegan import __version__
from livegan.cli import app
from tests.engine.playing import make_models, sound
from tests.rehearsal.test_rehearsing import write_wav

SET = """
from livegan.live import *
a = model("stone", encode.waveform(listen()).blur(2))
show(a)
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    make_models(tmp_path / "models")
    (tmp_path / "set.py").write_text(SET)
    write_wav(tmp_path / "beat.wav", sound()[0][: 6 * 48000])
    return tmp_path


def livegan(command: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_the_version_and_the_help() -> None:
    assert livegan("--version").strip() == __version__
    text = livegan("--help")
    for name in ("perform", "rehearse", "check", "encode", "analyze", "generate", "bench", "new"):
        assert name in text


def test_check_says_good_or_where_it_is_not(work: Path) -> None:
    assert "set.py: good" in livegan("check set.py --size 64")
    (work / "bad.py").write_text(SET.replace("blur", "blurr"))
    said = livegan("check bad.py", code=1)
    assert "bad.py:3: pictures have no 'blurr'; did you mean 'blur'?" in said
    assert "Traceback" not in said


def test_check_finds_what_fails_only_in_silence(work: Path) -> None:
    leaf = """
from livegan.live import *
@encoder
def bars(sound, *, size):
    assert sound.peaks(8, 1.0).max() > 0
    return skyline(sound.peaks(size[1], 4.0), size)
show(bars(listen()))
"""
    (work / "quiet.py").write_text(leaf)
    said = livegan("check quiet.py --size 64", code=1)
    assert "quiet.py:5: show.bars: AssertionError" in said or "quiet.py:5: bars" in said


def test_rehearse_writes_film_and_report(work: Path) -> None:
    (work / "next.py").write_text(SET.replace("blur(2)", "blur(5)"))
    to = "--out out/film.mp4 --report rep --frames frames --edit 0.5=next.py"
    said = livegan(f"rehearse set.py --audio beat.wav --seconds 3 --fps 10 --size 64 {to}")

    assert "30 pictures of 64x64" in said
    report = json.loads((work / "rep" / "report.json").read_text())
    assert [c["status"] for c in report["commits"]] == ["on_air", "on_air"]
    assert report["commits"][1]["at"] == 0.5
    assert report["commits"][1]["file"].endswith("next.py")
    assert (work / "out" / "film.mp4").stat().st_size > 1000
    assert len(list((work / "frames").iterdir())) == 30


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("rehearse nothing.py --audio beat.wav", "nothing.py"),
        ("rehearse set.py --audio nothing.wav", "nothing.wav"),
        ("rehearse set.py --audio set.py", "set.py"),
        ("rehearse set.py --audio beat.wav --device tpu", "there is no device 'tpu'"),
        ("encode wavefrom --audio beat.wav --at 1 --out a.png", "did you mean 'waveform'"),
        ("encode waveform --audio beat.wav --at 60 --out a.png", "6.00 s long"),
        ("encode waveform --audio beat.wav --at 1 --out a.png --set gian=2", "did you mean 'gain'"),
        ("encode waveform --audio beat.wav --at 1 --out a.png --set gain=99", "from 0.1 to 10"),
        ("generate stoen --in a.png --out b.png", "did you mean 'stone'"),
        ("generate broken --in c.png --out a.png", "broken.safetensors"),
        ("analyze nothing.wav", "nothing.wav"),
        ("perform nothing.py", "there is no set nothing.py"),
        ("perform models", "there is no set in models"),
        ("perform --scenes x*.py", "--scenes x*.py: no set is called so"),
        ("perform set.py --safe nothing.py", "there is no set nothing.py"),
    ],
)
def test_a_mistake_is_one_clear_line(work: Path, args: str, said: str) -> None:
    Image.new("RGB", (64, 64)).save(work / "c.png")
    output = livegan(args, code=1)
    assert said in output
    assert "Traceback" not in output
    assert len(output.strip().splitlines()) <= 2
    assert not (work / "a.png").exists()


def test_a_mistyped_option_is_a_usage_error(work: Path) -> None:
    for args in ("--edit soon=a.py", "--edit 3"):
        livegan(f"rehearse set.py --audio beat.wav {args}", code=2)
    livegan("perform set.py --window big", code=2)


def test_encode_draws_what_a_rehearsal_draws(work: Path) -> None:
    (work / "plain.py").write_text(
        "from livegan.live import *\nshow(encode.timeline(listen(), seconds=3))\n"
    )
    livegan("rehearse plain.py --audio beat.wav --seconds 4 --fps 10 --size 96 --frames f")
    livegan("encode timeline --audio beat.wav --at 3.5 --size 96 --set seconds=3 --out c.png")
    drawn = np.asarray(Image.open(work / "c.png"))
    assert np.array_equal(drawn, np.asarray(Image.open(work / "f" / "000035.png")))


def test_generate_paints_a_picture(work: Path) -> None:
    livegan("encode levels --audio beat.wav --at 2 --size 64 --out c.png")
    livegan("generate stone --in c.png --out p.png --precision float32")
    livegan("generate stone --in c.png --out p.npy --precision float32")
    exact = np.load(work / "p.npy")
    assert exact.shape == (3, 64, 64) and exact.dtype == np.float32
    assert (
        np.abs(np.asarray(Image.open(work / "p.png")) / 255 - exact.transpose(1, 2, 0)).max()
        < 0.003
    )


def test_analyze_prints_json(work: Path) -> None:
    result = json.loads(livegan("analyze beat.wav --json"))
    assert result["hop_s"] == 0.01 and result["duration_s"] == 6.0
    assert len(result["level"]) == 600
    for name in ("bpm", "beats", "kicks", "snares", "low", "mid", "high"):
        assert name in result
    assert "bpm" in livegan("analyze beat.wav")


def test_lists_of_models_plugins_and_devices(work: Path) -> None:
    rows = json.loads(livegan("models --json"))
    assert {"stone", "water", "fire"} <= {r["name"] for r in rows}
    assert next(r for r in rows if r["name"] == "stone")["encoder"] == "levels"
    assert "refused" in next(r for r in rows if r["name"] == "broken")["architecture"]
    (work / "plugins").mkdir()
    (work / "plugins" / "odd.py").write_text("import nothing_like_it\n")
    listed = json.loads(livegan("plugins --json"))
    odd = next(p for p in listed["plugins"] if p["name"] == "odd")
    assert odd["state"] == "refused" and "nothing_like_it" in odd["reason"]
    assert any("odd.py:1" in p for p in listed["problems"])
    assert "waveform" in livegan("plugins")
    assert "cpu" in livegan("devices")


def test_doctor_finds_nothing_missing() -> None:
    said = livegan("doctor")
    assert "generators run on" in said
    assert "NDI out and in" in said and "virtual camera" in said


def test_new_makes_a_folder_whose_sets_are_good(work: Path) -> None:
    livegan("new gig")
    assert (work / "gig" / "sets" / "four.py").is_file()
    assert "not empty" in livegan("new gig", code=1)
    os.chdir(work / "gig")
    (work / "gig" / "mine.py").write_text(
        "from livegan.live import *\nshow(encode.spikes(listen()).blur(1))\n"
    )
    assert "good" in livegan("check mine.py --size 64")


def test_bench_compares_side_by_side(work: Path) -> None:
    args = "bench --size 64 --seconds 0.1 --set set.py --json"
    result = json.loads(livegan(args))
    tables = {title.split(" ")[0]: rows for title, rows in result["tables"].items()}
    assert {"waveform", "timeline"} <= {r["name"] for r in tables["encoders"]}
    assert "blur" in {r["name"] for r in tables["mixers"]}
    assert {"spokes.fs", "kaleido.fs"} <= {r["name"] for r in tables["shaders"]}
    assert tables["generators"][0]["speedup"] > 0
    (slot,) = tables["what"]
    assert (slot["name"], slot["backend"]) == ("a", "torch")
    assert slot["why"] == "not measured here yet: livegan models stone --tune"
    whole = result["tables"]["the whole frame of set.py at 64 px"]
    assert [r["name"] for r in whole] == ["livegan", "plain float32 loop", "ratio"]
    assert result["tables"]["the stage (ms a picture of a stream)"]
    assert all(r["proven after ms"] > 0 for r in tables["saves"])


def test_without_a_display_perform_makes_a_film_and_says_so(work: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "livegan", "perform", "set.py", "--seconds", "1", "--fps", "5"]
    done = subprocess.run(
        [*command, "--size", "64"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "no display here" in done.stdout
    assert (work / "shows" / "set.mp4").is_file()


def test_a_film_becomes_pairs_and_pairs_a_model_that_plays(work: Path) -> None:
    (work / "plain.py").write_text(SET)
    livegan("rehearse plain.py --audio beat.wav --seconds 6 --fps 10 --size 64 --out film.mp4")
    said = livegan("dataset film.mp4 --encoder levels --size 64 --rate 5 --out pairs")
    assert "film.mp4" in said and "to train on" in said and "pairs/contact.jpg" in said
    assert (work / "pairs" / "contact.jpg").is_file()
    command = "dataset set.py film.mp4 --encoder levels --size 64 --rate 5 --out two --jobs 2"
    said = livegan(command, code=1)
    assert "1 of the films could not be used" in said and "set.py: not a film" in said
    assert "refused" in said and "film.mp4" in said
    command = "dataset film.mp4 --encoder levels --out three --audio-stream 3"
    assert "has no audio stream 3; --audio-stream is one of 0: aac" in livegan(command, code=1)
    command = "train pairs --out models/mine --arch resnet_6blocks --hours 0.001 --device cpu"
    said = livegan(f"{command} --change 2", code=2)
    assert "--change=2.0: needs an even batch, not 1" in said
    said = livegan(command)
    assert "models/mine: " in said
    (work / "mine.py").write_text('from livegan.live import *\nshow(model("mine"))\n')
    assert "mine.py: good" in livegan("check mine.py --size 64")


def test_check_of_a_set_that_shows_nothing_names_its_end(work: Path) -> None:
    (work / "nothing.py").write_text("from livegan.live import *\na = encode.levels(listen())\n")
    assert "nothing.py:2: the set shows nothing" in livegan("check nothing.py", code=1)
    (work / "empty.py").write_text("")
    assert "empty.py is empty; a set begins with" in livegan("check empty.py", code=1)
    (work / "latin.py").write_bytes(b"# caf\xe9\n")
    assert "latin.py is not UTF-8 text" in livegan("check latin.py", code=1)


def test_sets_with_a_byte_order_mark_play(work: Path) -> None:
    (work / "marked.py").write_bytes(SET.encode("utf-8-sig"))
    assert "marked.py: good" in livegan("check marked.py --size 64")
    livegan("rehearse set.py --audio beat.wav --seconds 0.2 --size 64 --edit 0.1=marked.py")


def test_a_condition_is_written_as_a_png_wherever_it_is_wanted(work: Path) -> None:
    livegan("encode levels --audio beat.wav --at 1 --size 32 --out new/folder/a.png")
    assert (work / "new" / "folder" / "a.png").is_file()
    assert "name it a.png" in livegan("encode levels --audio beat.wav --at 1 --out a.jpg", code=2)
    assert not (work / "a.jpg").exists()


@pytest.mark.parametrize("device", ["cuda:99", "potato"])
def test_a_device_that_is_not_there_is_told_before_the_show(work: Path, device: str) -> None:
    said = livegan(f"perform set.py --device {device}", code=1)
    assert device in said and len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("args", ["rehearse nothing.py --audio beat.wav", "rehearse bad.py"])
def test_a_rehearsal_that_fails_leaves_no_empty_bar(work: Path, args: str) -> None:
    (work / "bad.py").write_text("show(")
    (said,) = livegan(args, code=1).splitlines()
    assert args.split()[1] in said and "rehearsing" not in said


def test_gremlins_need_no_number_and_take_one(work: Path) -> None:
    for number in ("", "=7", " 7"):
        said = livegan(f"rehearse set.py --gremlins{number} --only nothinglike", code=2)
        assert "--only nothinglike: no fault" in said
    assert "--edit cannot be used with --gremlins" in livegan(
        "rehearse set.py --edit 1=set.py --gremlins", code=2
    )
    livegan("rehearse set.py --gremlins=soon", code=2)


def test_a_soak_too_short_to_see_anything_is_refused(work: Path) -> None:
    assert "too short" in livegan("soak set.py --minutes 0.5", code=2)
