"""``livegan new``: each package it makes is a plugin that passes its own tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from livegan.cli import app
from livegan.starting import LICENCES, LONGEST, SUMMARIES, UNSEEN, BadName, PackageTemplate, named
from tests.plugins_examples.environment import Environment

ROOT = Path(__file__).parent.parent.parent
NAMES = {kind: f"my_{kind}" for kind in SUMMARIES}


def run(command: Sequence[object], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command in a folder; fails with what it said."""
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **more}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package of each kind."""
    folder = tmp_path_factory.mktemp("new")
    for kind, name in NAMES.items():
        command = ["new", kind, str(folder / name.replace("_", "-")), "--author", 'Ada "A" Éxample']
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, (result.output, result.exception)
        assert "without picture" not in result.output
    return folder


def test_every_readme_has_a_picture_that_the_plugin_has_drawn(made: Path) -> None:
    for kind, name in NAMES.items():
        folder = made / name.replace("_", "-")
        readme = (folder / "README.md").read_text("utf-8")
        assert ("](picture.jpg)" in readme) == (kind not in UNSEEN)
        if kind in UNSEEN:
            continue
        picture = np.asarray(Image.open(folder / "picture.jpg"))
        assert picture.shape == (512, 512, 3)
        assert picture.std() > 5, kind
        assert (folder / "picture.jpg").stat().st_size < 100_000
    assert not list(made.rglob("__pycache__"))


@pytest.mark.slow
def test_each_package_installs_and_passes_its_own_tests_lint_and_types(
    made: Path, tmp_path: Path
) -> None:
    folders = sorted(folder for folder in made.iterdir() if folder.is_dir())
    environment = Environment(tmp_path / "venv")
    environment.install(*folders)
    python = environment.python

    listed = json.loads(run([python, "-m", "livegan", "plugins", "--json"], made).stdout)
    found = {p["name"]: (p["state"], p["provides"]) for p in listed["plugins"]}
    for kind, name in NAMES.items():
        state, provides = found[f"livegan-{name.replace('_', '-')}"]
        assert (state, len(provides)) == ("loaded", 2 if kind == "moves" else 1), kind

    parts = [folder / part for folder in folders for part in ("src", "tests")]
    cache = ["--cache-dir", ROOT / ".mypy_cache"]
    run([python, "-m", "mypy", "--strict", *cache, *parts], made)
    for folder in folders:
        run([python, "-m", "ruff", "check", "--no-cache", "."], folder)
        run([python, "-m", "ruff", "format", "--no-cache", "--check", "."], folder)
    # Those of an encoder are run where its page is followed: tests/docs/test_first_encoder.py.
    tests = [folder / "tests" for folder in folders if folder.name != "my-encoder"]
    config = ["-c", folders[0] / "pyproject.toml", "-p", "no:cacheprovider"]
    done = run([python, "-m", "pytest", "-q", *config, *tests], made, OMP_NUM_THREADS="1")
    assert "failed" not in done.stdout


def test_files_stay_tidy_whatever_the_name(tmp_path: Path) -> None:
    for kind in SUMMARIES:
        for name in ("ab", "rosette", "n" * LONGEST):
            PackageTemplate(kind, name, "Ada").write(tmp_path / f"{kind}-{name}")
    run([sys.executable, "-m", "ruff", "check", "--no-cache", tmp_path], tmp_path)
    run([sys.executable, "-m", "ruff", "format", "--no-cache", "--check", tmp_path], tmp_path)


@pytest.mark.parametrize("licence", LICENCES)
def test_the_licence_is_the_one_that_was_chosen(licence: str) -> None:
    files = PackageTemplate("encoder", "embers", "Ada", licence).files()
    project = files["pyproject.toml"]
    if licence == "none":
        assert "LICENSE" not in files and "license" not in project
        assert "All rights reserved" in files["README.md"]
    else:
        assert f'license = "{licence}"' in project
        assert len(files["LICENSE"]) > 500
        assert f"{licence} licence" in files["README.md"]
    assert not any("<<" in text or "myname" in text for text in files.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("encoder 2fast", "letters, digits"),
        ("encoder waveform", "an encoder of livegan already"),
        ("mixer blur", "a mixer of livegan already"),
        ("mixer show", "a word of the set language already"),
        ("signal min", "a word of Python already"),
        ("mixer key", "a part of every picture already"),
        ("signal blur", "a mixer of livegan already"),
        ("command plugins", "a command of livegan already"),
        ("output picture", "what show is given first already"),
        ("encoder class", "a word of Python"),
        ("output spout", "an output of livegan already"),
        ("model onnx", "a loader of livegan already"),
        ("encoder " + "x" * 30, "at most"),
        ("encodr embers", "did you mean 'encoder'?"),
        ("encoder embers --licence MTI", "did you mean 'MIT'?"),
        ("encoder", "livegan new encoder NAME"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    arguments: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["new", *arguments.split()])
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "embers").mkdir()
    (tmp_path / "embers" / "mine.txt").write_text("mine")
    for arguments in (["encoder", "embers"], ["embers"]):
        result = CliRunner().invoke(app, ["new", *arguments])
        assert result.exit_code == 1
        assert "embers is there already and not empty" in result.output
    assert [p.name for p in (tmp_path / "embers").iterdir()] == ["mine.txt"]


def test_a_package_is_whole_without_its_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("no such thing")

    monkeypatch.setattr("livegan.starting.example.save_picture", fails)
    monkeypatch.setattr("livegan.starting.example.picture", fails)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["new", "signal", "embers"])
    assert result.exit_code == 0, result.exception
    assert "without picture.jpg: KeyError: 'no such thing'" in result.output
    assert (tmp_path / "embers" / "pyproject.toml").is_file()


def test_a_name_may_be_typed_as_the_package_is_called() -> None:
    assert named("encoder", "livegan-fire-flies") == "fire_flies"
    assert named("encoder", "Embers") == "embers"
    with pytest.raises(BadName):
        named("encoder", "livegan-")
