"""The list of commands imports none of them, and says what each says of itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from livegan.cli import ROWS, app
from livegan.cli.commands import add_commands
from livegan.cli.console.lazy import CommandRow


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_list_says_what_the_command_says(row: CommandRow) -> None:
    command = row.load()
    assert command.name == row.name
    assert " ".join(str(command.help).split("\n\n")[0].split()) == row.summary


def test_the_help_lists_every_command_and_imports_none() -> None:
    code = (
        "import sys\nfrom livegan.cli import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "print(*(m for m in sys.modules if m.startswith('livegan')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    for row in ROWS:
        assert row.name in done.stdout
    assert set(lines[-1].split()) <= {
        "livegan",
        "livegan.cli",
        "livegan.cli.console",
        "livegan.cli.console.lazy",
    }


def test_the_help_runs_nothing_that_lies_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "evil.py").write_text(
        "open('ran', 'w').close()\ndef register_commands(register): pass\n"
    )
    for words in (["--help"], ["-h"], [], ["perform", "--help"], ["--version"]):
        subprocess.run([sys.executable, "-m", "livegan", *words], cwd=tmp_path, capture_output=True)
    assert not (tmp_path / "ran").exists()


def test_a_plugin_file_without_commands_is_not_run_for_a_mistyped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "quiet.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    mine = typer.Typer()
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())
    add_commands(mine, ["preform"])
    assert mine.registered_commands == []


def test_a_mistyped_command_is_refused_with_the_closest() -> None:
    told = CliRunner().invoke(app, ["preform"])
    assert told.exit_code == 2
    assert "No such command 'preform'" in told.output
    assert "perform" in told.output.replace("'preform'", "")


def test_a_deleted_folder_is_told_in_a_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})\n"
    code += "import sys; sys.argv = ['livegan', 'models']\nfrom livegan.cli import main; main()"
    if sys.platform == "win32":
        pytest.skip("Windows does not let a working folder be deleted")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip() == "this folder was deleted; change to another one"


@pytest.mark.parametrize(("said", "threads"), [(None, "1"), ("4", "4")])
def test_numpy_multiplies_on_one_thread_unless_a_user_says_otherwise(
    said: str | None, threads: str
) -> None:
    code = (
        "import os, sys\nfrom livegan import cli\n"
        "assert 'numpy' not in sys.modules\nsys.argv = ['livegan', '--help']\n"
        "try: cli.main()\nexcept SystemExit: pass\n"
        "print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    env = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    env |= {"OPENBLAS_NUM_THREADS": said} if said else {}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    assert done.stdout.splitlines()[-1] == threads
