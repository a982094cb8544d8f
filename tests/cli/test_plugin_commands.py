"""Commands that plugins bring: ``livegan NAME``."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from livegan.cli.commands import add_commands

PLUGIN = '''
from livegan.plugin import hookimpl


def wave(times: int = 1):
    """Waves as often as you like."""
    print("~" * times)


def perform():
    """Is livegan's."""


def crooked(what: int | str):
    """Cannot be typed."""


@hookimpl
def register_commands(register):
    register(wave)
    register(perform)
    register(crooked)
    register(wave, name="wave-again")
'''


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """A command line with one command of its own, and a plugin in the working folder."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "sea.py").write_text(PLUGIN)
    monkeypatch.chdir(tmp_path)
    made = typer.Typer()

    @made.command()
    def perform() -> None:
        """The show."""

    return made


def said(app: typer.Typer, *arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_a_command_of_a_plugin_is_run(app: typer.Typer, capsys: pytest.CaptureFixture[str]) -> None:
    add_commands(app, ["wave", "--times", "3"])
    assert said(app, "wave", "--times", "3") == "~~~\n"
    assert said(app, "wave-again") == "~\n"
    assert said(app, "sea:wave") == "~\n"
    assert "Waves as often as you like." in said(app, "--help")
    told = capsys.readouterr().err
    assert "the command 'perform' is livegan's own; this one is livegan sea:perform" in told
    assert "sea.py:14: plugin sea: no command 'crooked'" in told


def test_nothing_is_loaded_for_what_livegan_does_itself(app: typer.Typer) -> None:
    Path("plugins/sea.py").write_text("register_commands = 1\nraise SystemExit(9)")
    for arguments in (["perform", "wave"], ["--version"], ["--help"], ["-h"], []):
        add_commands(app, arguments)
        assert len(app.registered_commands) == 1


def test_help_runs_no_file_that_lies_about(
    app: typer.Typer, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("plugins/sea.py").write_text("open('ran', 'w').close()")
    for arguments in ([], ["--help"]):
        add_commands(app, arguments)
    assert not Path("ran").exists()
    assert capsys.readouterr().err == ""


def test_a_plugin_that_may_have_had_the_command_is_told(
    app: typer.Typer, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("plugins/sea.py").write_text("1 / 0  # register_commands comes later")
    add_commands(app, ["wave"])
    assert "sea.py:1: plugin sea: ZeroDivisionError" in capsys.readouterr().err
