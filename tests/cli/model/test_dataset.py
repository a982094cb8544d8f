"""`livegan dataset` says what it did with a folder, and what a size will not do for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from livegan.cli import app
from livegan.lock import held
from tests.dataset.tiny_films import film


def dataset(*words: str, code: int = 0) -> str:
    command = ["dataset", *words, "--encoder", "waveform", "--jobs", "1", "--out", "o"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


@pytest.fixture(autouse=True)
def films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    film(tmp_path / "one.mkv")
    film(tmp_path / "two.mkv")


@pytest.mark.parametrize(
    ("size", "near"), [("80", "64"), ("16", "64"), ("230", "256"), ("384x216", "384x192")]
)
def test_a_size_that_train_does_not_take_is_told_before_the_pairs_are_cut(
    size: str, near: str
) -> None:
    said = dataset("one.mkv", "--size", size, "--rate", "3")
    assert f"--size {size} is not a multiple of 64" in said and f"use {near}" in said


def test_what_happened_to_earlier_films_is_told() -> None:
    fine = dataset("one.mkv", "two.mkv", "--size", "64", "--rate", "3")
    assert "multiple" not in fine and "earlier" not in fine
    changed = dataset("one.mkv", "--val-film", "two.mkv", "--size", "64", "--rate", "3")
    assert "two.mkv: was not held out before; those pairs of it were removed" in changed
    alone = dataset("two.mkv", "--size", "64", "--rate", "3", "--val-film", "./two.mkv")
    assert "one.mkv: of an earlier command" in alone
    assert "o: 5 to train on, 5 held out" in alone


def test_a_folder_that_is_being_written_is_refused_in_a_line() -> None:
    with held(Path("o"), "written"):
        said = dataset("one.mkv", "--size", "64", code=1)
    assert said.startswith("o is being written by process ")


def test_a_rate_that_is_no_number_is_refused_in_a_line() -> None:
    said = dataset("one.mkv", "--size", "64", "--rate", "nan", code=1)
    assert said.startswith("size 64x64, rate nan")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_a_name_that_is_no_text_is_printed_as_far_as_it_can_be() -> None:
    name = os.fsdecode(b"caf\xe9.mkv")
    Path("one.mkv").rename(name)
    command = [sys.executable, "-m", "livegan", "dataset", name, "--encoder", "waveform"]
    done = subprocess.run(
        [*command, "--size", "64", "--jobs", "1", "--out", "o"],
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert r"caf\udce9.mkv" in done.stdout
    assert [file.name[:4] for file in Path("o/train").iterdir()] == ["caf-"]


def test_pairs_are_made_of_pictures_and_struck_by_a_list(tmp_path: Path) -> None:
    (tmp_path / "photographs").mkdir()
    for number in range(4):
        pixels = np.full((40, 60, 3), 60 * number, np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photographs" / f"{number}.png")
    (tmp_path / "photographs" / "bad.png").write_text("no")
    words = ["dataset", "photographs", "--condition", "edges", "--size", "64", "--out", "pairs"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    said = " ".join(done.output.split())
    assert "bad.png: cannot be read as a picture" in said and "4 are smaller than 64 px" in said
    assert re.search(r"pairs: \d to train on, \d held out", said)
    first = next((tmp_path / "pairs").glob("*/*.png"))
    (tmp_path / "struck.txt").write_text(f"{first.name}\n")
    done = CliRunner().invoke(app, ["dataset", "--strike", "struck.txt", "--out", "pairs"])
    assert done.exit_code == 0 and "pairs: 1 pairs are struck" in done.output and first.exists()
    (tmp_path / "struck.txt").write_text("none.png\n")
    again = CliRunner().invoke(app, ["dataset", "--strike", "struck.txt", "--out", "pairs"])
    assert again.exit_code == 1 and "1 names are not in pairs" in again.output


@pytest.mark.parametrize(
    "words", ["one.mkv", "one.mkv --encoder levels --condition edges", "--encoder levels"]
)
def test_what_makes_the_conditions_is_said_once(words: str) -> None:
    done = CliRunner().invoke(app, ["dataset", *words.split(), "--out", "o"])
    assert done.exit_code == 2 and not Path("o").exists()
