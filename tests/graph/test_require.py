"""What a set says it needs, and the command that is named where it is missing."""

from __future__ import annotations

import shlex
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from livegan.graph.place import SetError
from livegan.graph.require import install_command, require
from livegan.plugin import registry
from livegan.plugin.registry import Registry


def test_what_is_installed_is_no_news() -> None:
    require("numpy", "NumPy>=1", f"pluggy=={version('pluggy')}")
    require('of-another-system>=2; sys_platform == "none"')


def test_what_is_missing_is_refused_with_the_command() -> None:
    with pytest.raises(SetError) as refused:
        require("numpy", "livegan-of-nobody>=0.2")
    message = refused.value.message
    assert message.startswith("this set needs livegan-of-nobody>=0.2, which is not installed: ")
    words = shlex.split(message.partition("installed: ")[2])
    assert words == [sys.executable, "-m", "pip", "install", "livegan-of-nobody>=0.2"]
    assert refused.value.place is not None and refused.value.place.file == __file__


def test_what_is_too_old_is_refused_with_the_command() -> None:
    have = version("numpy")
    with pytest.raises(SetError, match=rf"needs numpy>=999, and {have} is installed: .*--upgrade"):
        require("numpy>=999")


def test_an_environment_without_pip_is_told_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert install_command("a>=1").startswith("uv pip install --python ")


def test_nonsense_is_refused() -> None:
    with pytest.raises(SetError, match="'>>1' is not a requirement"):
        require(">>1")
    with pytest.raises(SetError, match="names in quotes"):
        require(5)  # type: ignore[arg-type]


def test_what_was_not_loaded_whole_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("1 / 0")
    registry.use(Registry().load(tmp_path, installed=False))
    with pytest.raises(SetError, match=r"not loaded completely: .*numpy.py:1: .*division by zero"):
        require("numpy")
