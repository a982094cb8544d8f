"""What an author's tests use: checks as tests, pictures of sounds, sets that are played."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from livegan.cli import app
from livegan.testing import NoTarget, checklist, checks, render
from livegan.testing.rows import ROWS
from livegan.testing.samples import sample_for, words_of

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "plugins" / "checking.md").read_text(encoding="utf-8")
FIRST = (ROOT / "docs" / "plugins" / "first-plugin.md").read_text(encoding="utf-8")
FILES = re.compile(r"^```python ((?:plugins|tests)/\w+\.py)\n(.*?)^```", re.S | re.M)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of somebody who followed both pages."""
    for page in (FIRST, PAGE):
        for name, text in FILES.findall(page):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def livegan(command: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


@pytest.mark.slow
def test_the_tests_of_the_page_pass_one_for_each_check(work: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", "not speed"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stdout
    assert "tests/test_embers.py::test_embers[embers-silence] PASSED" in done.stdout
    assert "tests/test_each.py::test_it[glow-device] PASSED" in done.stdout
    assert "tests/test_look.py::test_it_draws_and_plays PASSED" in done.stdout


def test_the_command_prints_a_card_and_ends_with_the_number_of_what_it_found(work: Path) -> None:
    bad = work / "plugins" / "bad.py"
    bad.write_text(
        "from livegan.live import *\n@encoder\ndef bad(sound):\n    return [1]\n", encoding="utf-8"
    )
    said = json.loads(
        livegan("plugins check plugins/bad.py --only draws --only docstring --json", 1)
    )
    assert said["failed"] == 2
    lines = {each["name"]: each["line"] for each in said["checks"]}
    assert lines["draws"].startswith("played three frames of music: it returned a list; return ")
    assert lines["docstring"].startswith("read the docstring at ")
    assert "plugins/bad.py:2: there is none; write one line" in lines["docstring"]
    card = livegan("plugins check glow --only draws --only docstring")
    assert "score card: glow" in card
    assert "2 of 2" in card


def test_what_there_is_not_is_said_in_one_line(work: Path) -> None:
    with pytest.raises(NoTarget, match="no plugin, operation or package 'chrome'; did you mean"):
        checks("chrome")
    assert "there is no such file" in livegan("plugins check plugins/none.py", code=2)


HUM = """
from livegan.plugin import hookimpl
from livegan.sound.inputs.devices import SourceError

def open_hum(argument):
    raise SourceError(f"the hum was asked for {argument!r}")

def open_wall(name):
    raise RuntimeError(f"the wall was asked for {name!r}")

@hookimpl
def register_sources(register):
    register(open_hum, "hum", "a hum")

@hookimpl
def register_outputs(register):
    register(open_wall, "wall", "a wall")
"""


def test_each_thing_of_a_package_has_a_sample_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("both.py").write_text(HUM)
    samples = "--sample hum=55 --sample wall=a=b.txt --only opens --only shows"
    said = json.loads(livegan(f"plugins check both.py {samples} --json"))
    lines = {each["thing"]: each["line"] for each in said["checks"]}
    assert lines["source hum"].endswith("the hum was asked for '55'")
    assert lines["output wall"].endswith("the wall was asked for 'a=b.txt'")
    assert sample_for("hum", words_of({"wall": "a", "hum": Path("b")})) == "b"
    assert sample_for("hum", words_of("220")) == "220"
    assert sample_for("hum", words_of(["wall=1"])) == ""


def test_both_packages_that_claim_a_name_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plugins").mkdir()
    text = "from livegan.live import *\n@mixer\ndef {}(picture):\n    'It.'\n    return picture\n"
    for name in ("earlier", "later"):
        Path(f"plugins/{name}.py").write_text(text.format("veil") + text.format(f"{name}_one"))
    for name in ("earlier", "later", "earlier:veil", "later:veil"):
        card = livegan(f"plugins check {name} --only loads --only docstring", 1)
        assert "two plugins claim the mixer 'veil'" in " ".join(card.split())
        assert "what did load is checked" in " ".join(card.split())


def dist(folder: Path, name: str, points: str) -> None:
    """A package that is installed in a folder."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(points)


def test_a_package_that_livegan_does_not_see_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'site'}{os.pathsep}{ROOT}")
    dist(tmp_path / "site", "livegan-astray", "[livegan.plugins]\nastray = livegan_astray\n")
    dist(tmp_path / "site", "livegan-shy", "")
    with pytest.raises(NoTarget, match=r"livegan-astray is installed, .* the group 'livegan\.plug"):
        checks("livegan-astray")
    with pytest.raises(NoTarget, match=r"livegan-shy is installed, and it has no entry point of"):
        checks("livegan-shy")


def test_a_picture_is_drawn_from_a_sound() -> None:
    def flat(sound: object, *, size: object) -> object:
        return np.full(size, sound.rms(1, 0.5)[0], np.float32)  # type: ignore[attr-defined, call-overload]

    loud = np.full((48000, 1), 0.5, np.float32)
    picture = render(flat, loud, at=1.0, size=8)
    assert picture.shape == (8, 8, 3)
    assert picture.dtype == np.uint8
    assert (picture == 128).all()


def test_every_check_is_documented() -> None:
    assert len(checklist.PARTS) > 10, "importing them fills the rows"
    assert [row.name for row in ROWS if f"`{row.name}`" not in PAGE] == []


def test_listing_imports_neither_pytest_nor_torch() -> None:
    program = (
        "import sys, livegan.testing; "
        "sys.exit(bool({'pytest', 'torch', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
