"""What a person types in haste is answered in a line: files, films, tempos, times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livegan.cli import app
from livegan.cli.console.failing import typed
from livegan.cli.console.options import TempoOption
from livegan.plugin.now import FASTEST_BPM, SLOWEST_BPM
from tests.engine.playing import sound
from tests.rehearsal.test_rehearsing import write_wav

SET = "from livegan.live import *\nsettings(size=32)\nshow(encode.waveform(listen()))\n"
QUICK = "--fps 4 --size 32"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    (tmp_path / "set.py").write_text(SET)
    write_wav(tmp_path / "beat.wav", sound()[0][: 2 * 48000])
    return tmp_path


def said(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, (result.output, result.exception)
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize("name", ["12:30 set.wav", "[a].wav", ":heart:.wav", "%d.wav", "-x.wav"])
def test_any_name_of_a_sound_is_taken_and_printed_as_it_is(work: Path, name: str) -> None:
    os.replace("beat.wav", name)
    assert f"{name}: 2.0 s" in said("analyze", "--", name)
    out = name.replace(".wav", ".webm")
    told = said("rehearse", "set.py", "--audio", name, "--out", f"./{out}", *QUICK.split())
    assert f"written: {out}" in told
    assert (work / out).stat().st_size > 1000


def test_a_name_in_another_unicode_form_is_found_everywhere(work: Path) -> None:
    there, here = (unicodedata.normalize(form, "é") for form in ("NFD", "NFC"))
    os.replace("beat.wav", f"{there}.wav")
    os.replace("set.py", f"{there}.py")
    said("rehearse", f"{here}.py", "--audio", f"{here}.wav", "--seconds", "0.5", *QUICK.split())
    said("check", f"{here}.py")
    said("analyze", f"{here}.wav")
    said("encode", "levels", "--audio", f"{here}.wav", "--at", "1", "--out", "o.png")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_a_name_that_is_no_text_is_taken(work: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    os.replace("beat.wav", f"{name}.wav")
    os.replace("set.py", f"{name}.py")
    words = ["rehearse", f"{name}.py", "--audio", f"{name}.wav", "--out", f"{name}.mp4"]
    command = [sys.executable, "-m", "livegan", *words, *QUICK.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "caf\\udce9.mp4" in done.stdout
    assert (work / f"{name}.mp4").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_a_pipe_is_refused_wherever_a_file_is_read(work: Path) -> None:
    os.mkfifo("f")
    os.mkfifo("f.py")
    assert "f.py is a pipe" in said("check", "f.py", code=1)
    assert "f is a pipe" in said("perform", "f", code=1)
    assert "is a pipe" in said("rehearse", "set.py", "--audio", "f", code=1)
    assert "is a pipe" in said("analyze", "f", code=1)
    assert "is a pipe" in said("generate", "nebula", "--in", "f", "--out", "o.png", code=1)
    command = ["dataset", "f", "--encoder", "levels", "--size", "64", "--out", "p"]
    assert "is a pipe, not a film" in said(*command, code=1)
    (work / "plugins").mkdir()
    os.mkfifo("plugins/p.py")
    said("plugins")


@pytest.mark.parametrize("command", ["check", "perform", "rehearse"])
def test_what_is_no_set_is_refused_by_what_it_is(work: Path, command: str) -> None:
    told = said(command, "beat.wav", code=1)
    assert "beat.wav is a sound or a film, not a set; to hear it, add --audio beat.wav" in told
    Path("empty.py").touch()
    assert "empty.py is empty; a set begins with" in said(command, "empty.py", code=1)
    Path("odd.py").write_bytes(b"\xff\xfe\x00x")
    assert "odd.py is not UTF-8 text" in said(command, "odd.py", code=1)
    assert "there is no set nope.py" in said(command, "nope.py", code=1)
    assert "did you mean set.py?" in said(command, "sat.py", code=1)
    if command != "perform":  # which plays the sets of a folder
        assert "is a folder; name a set in it" in said(command, ".", code=1)


def test_rehearse_without_a_set_says_what_is_missing(work: Path) -> None:
    assert "Missing argument 'SET'" in said("rehearse", code=2)
    assert "Missing argument 'SET'" in said("rehearse", "--gremlins", code=2)


@pytest.mark.parametrize("start", ["2.5", "9999"])
def test_a_start_after_the_end_is_refused_at_once(work: Path, start: str) -> None:
    told = said("rehearse", "set.py", "--audio", "beat.wav", "--start", start, code=1)
    assert f"there is nothing to rehearse from {start} s: the sound ends at 2.0 s" in told
    told = said("encode", "levels", "--audio", "beat.wav", "--at", start, "--out", "o.png", code=1)
    assert f"beat.wav is 2.00 s long: there is no moment at {start} s" in told


def test_more_seconds_than_the_sound_has_are_silence_and_a_line(work: Path) -> None:
    words = ["rehearse", "set.py", "--audio", "beat.wav", "--seconds", "3", *QUICK.split()]
    told = said(*words)
    assert "beat.wav ends at 2.0 s: silence follows it" in told
    assert "12 pictures" in told
    assert "silence follows" not in said(*words[:4], "--seconds", "2", *QUICK.split())


@pytest.mark.parametrize("name", ["film.txt", "film.wav", "film.mp"])
def test_a_film_that_cannot_be_written_is_refused_before_anything_is_drawn(
    work: Path, name: str
) -> None:
    told = said("rehearse", "set.py", "--audio", "beat.wav", "--out", name, code=1)
    assert f"{name}: no film can be written as {Path(name).suffix}; choose one of .mp4" in told
    assert not list(work.glob(".*")) and not (work / name).exists()


@pytest.mark.parametrize("bpm", ["10", "19.9", "400.5", "0", "nan"])
@pytest.mark.parametrize("command", ["analyze beat.wav", "rehearse set.py", "perform set.py"])
def test_a_tempo_out_of_range_is_refused_in_a_line(work: Path, command: str, bpm: str) -> None:
    assert "Invalid value for '--bpm'" in said(*command.split(), "--bpm", bpm, code=2)


def test_the_tempo_of_the_command_line_is_that_of_the_clock(work: Path) -> None:
    option = TempoOption.__metadata__[0]
    assert (option.min, option.max) == (SLOWEST_BPM, FASTEST_BPM)
    assert "20.0 bpm" in said("analyze", "beat.wav", "--bpm", "20")
    Path("slow.py").write_text(SET.replace("size=32", "size=32, bpm=5"))
    assert "slow.py:2: settings: bpm is 0, or from 20 to 400, got 5" in said(
        "check", "slow.py", code=1
    )


def test_without_a_display_silence_and_tempo_are_kept(work: Path) -> None:
    words = ["perform", "set.py", "--seconds", "0.5", *QUICK.split(), "--bpm", "90"]
    assert "is rehearsed to shows/set.mp4 on silence instead" in said(*words, "--audio", "silence")
    told = said(*words, "--audio", "udp://1.2.3.4:5")
    assert "a rehearsal cannot listen to udp://1.2.3.4:5; it uses the demo track" in told
    assert "no such file" in said(*words, "--audio", "nope.wav", code=1)


def test_analyze_takes_the_demo_and_its_json_is_whole(work: Path) -> None:
    from livegan.sound.media import decode
    from livegan.sound.report import analyze

    assert "demo" in said("analyze", "demo")
    result = CliRunner().invoke(app, ["analyze", "beat.wav", "--json"])
    assert json.loads(result.output) == analyze(decode(work / "beat.wav"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows quotes otherwise")
def test_commands_that_are_printed_can_be_typed(work: Path) -> None:
    assert typed("my show") == "'my show'"
    assert typed(work / "plain") == "plain"
    assert "now: cd 'my show' && livegan perform" in said("new", "my show")


@pytest.mark.skipif(
    sys.platform == "win32" or not os.geteuid(), reason="whoever is root may write anywhere"
)
def test_a_folder_that_cannot_be_written_is_told(work: Path) -> None:
    (work / "ro").mkdir(mode=0o500)
    assert "Permission denied" in said("new", "ro/x", code=1)


def test_a_folder_that_cannot_be_made_is_told(work: Path) -> None:
    assert "beat.wav" in said("new", "beat.wav/x", code=1)
