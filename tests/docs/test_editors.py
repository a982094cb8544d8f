"""The page about editors: its commands run, and Neovim and Emacs work as it configures them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from livegan.checking import SetCheck, SetProblem
from livegan.cli import app
from livegan.editor.commands import TITLES
from tests.editor.stand_in_show import StandInShow, node, signal

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "editors.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(.*?)\n(.*?)^```", PAGE, re.S | re.M)
COMMANDS = [c for language, text in BLOCKS if not language for c in text.strip().splitlines()]
SET = """\
from livegan.live import *
sound = listen()
show(encode.waveform(sound, gain=sound.low))
"""


def test_the_page_has_its_commands() -> None:
    assert len(COMMANDS) == 3 and all(c.startswith("livegan check ") for c in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_prints_what_it_says(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    words, _, file = command.removeprefix("livegan ").partition(" < ")
    text = Path(file).read_text("utf-8") if file else None
    size = [] if "--quick" in words or file else ["--size", "64"]
    done = CliRunner().invoke(app, [*words.split(), *size], input=text)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["good"] is True and said["problems"] == [] and said["nodes"]
    assert (said["frame_ms"] is None) == (not size)


def test_every_field_of_a_check_is_on_the_page() -> None:
    plain = SetCheck("a.py", (SetProblem("a.py", 1, "no"),)).plain
    table = PAGE.split("| field | meaning |")[1]
    assert re.findall(r"^\| `(\w+)` \|", table, re.M) == [
        *("schema", "set", "good", "problems", "nodes", "frame_ms", "rate", "advice")
    ]
    assert {*plain} == {*re.findall(r"^\| `(\w+)` \|", table, re.M)}
    assert all(f"`{name}`" in table for name in plain["problems"][0])


def test_the_extension_has_every_command_of_the_server() -> None:
    extension = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text("utf-8"))
    offered = {row["command"] for row in extension["contributes"]["commands"]}
    assert offered == {*TITLES, "livegan.restart"}


# Editors -----------------------------------------------------------------------------------------

ASK = """
local deadline = vim.loop.now() + 60000
vim.cmd("filetype on")
vim.cmd("edit set.py")
local found = {}
local range = { start = { line = 0, character = 0 }, ["end"] = { line = 99, character = 0 } }
while vim.loop.now() < deadline do
  vim.wait(200)
  local wrong = vim.diagnostic.get(0)
  local ask = { textDocument = vim.lsp.util.make_text_document_params(), range = range }
  local answers = vim.lsp.buf_request_sync(0, "textDocument/inlayHint", ask, 5000) or {}
  for _, answer in pairs(answers) do
    found.hints = answer.result
  end
  if #wrong > 0 and found.hints and #found.hints > 0 then
    found.message, found.line = wrong[1].message, wrong[1].lnum
    break
  end
end
if vim.lsp.inlay_hint and vim.lsp.inlay_hint.is_enabled() then
  vim.wait(1000)
  found.shown = #vim.lsp.inlay_hint.get({ bufnr = 0 })
end
vim.fn.writefile({ vim.fn.json_encode(found) }, "found.json")
vim.cmd("qall!")
"""


@pytest.fixture
def gig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A folder with a set that a show plays, which refused its newest save."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "set.py").write_text(SET)
    show = StandInShow(tmp_path, tmp_path / "set.py")
    at = f"{tmp_path / 'set.py'}:3"
    show.shows(signals=[signal(3, "gain", 0.43)], nodes=[node(3, 2.5)])
    show.shows(commit="refused", refusal="set.py:3: no such gain", refused_at=at)
    yield tmp_path
    show.close()


def environment(folder: Path) -> dict[str, str]:
    """With livegan in PATH, as in a virtual environment."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "livegan"
    program.write_text(
        f"#!{sys.executable}\nfrom livegan.cli import main\n\nmain()\n", encoding="utf-8"
    )
    program.chmod(0o755)
    found = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
    found["PYTHONPATH"] = str(ROOT)
    return found


def configuration(language: str, sign: str) -> str:
    """The block of the page in a language that has this in it."""
    (text,) = [text for each, text in BLOCKS if each == language and sign in text]
    return text


@pytest.mark.skipif(not shutil.which("nvim"), reason="needs Neovim (apt install neovim)")
def test_neovim_shows_refusals_and_values_as_the_page_configures_it(gig: Path) -> None:
    said = subprocess.run(["nvim", "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(map(int, re.findall(r"\d+", said)[:2]))
    sign = "vim.lsp.config" if version >= (0, 11) else "start_client"
    (gig / "ask.lua").write_text(configuration("lua", sign) + ASK)
    subprocess.run(
        ["nvim", "--headless", "--clean", "-c", "luafile ask.lua"],
        cwd=gig,
        env=environment(gig),
        capture_output=True,
        timeout=120,
        check=True,
    )
    found = json.loads((gig / "found.json").read_text())
    assert (found["message"], found["line"]) == ("no such gain", 2)
    labels = {hint["position"]["line"]: hint["label"] for hint in found["hints"]}
    assert labels[2] == "gain 0.43  2.5 ms" and "version 1 on the air" in labels[0]
    assert found.get("shown", 2) == 2


ASK_EMACS = """
(setq eglot-sync-connect 30)
(find-file "set.py")
(unless (eglot-current-server) (apply 'eglot--connect (eglot--guess-contact)))
(flymake-mode 1)
(let ((until (+ (float-time) 60)))
  (while (and (not (flymake-diagnostics)) (< (float-time) until))
    (accept-process-output nil 0.2)
    (flymake-start)))
(dolist (each (flymake-diagnostics))
  (princ (format "%d: %s\\n" (line-number-at-pos (flymake-diagnostic-beg each))
                 (flymake-diagnostic-text each))))
(ignore-errors (eglot-shutdown (eglot-current-server)))
"""


@pytest.mark.skipif(not shutil.which("emacs"), reason="needs Emacs (apt install emacs-nox)")
def test_emacs_shows_refusals_as_the_page_configures_it(gig: Path) -> None:
    (gig / "ask.el").write_text(configuration("elisp", "eglot-ensure") + ASK_EMACS)
    has = ["emacs", "--batch", "-f", "package-activate-all", "--eval", "(require 'eglot)"]
    if subprocess.run(has, capture_output=True).returncode:
        pytest.skip("needs Eglot (apt install elpa-eglot)")
    done = subprocess.run(
        ["emacs", "--batch", "-f", "package-activate-all", "-l", "ask.el"],
        cwd=gig,
        env=environment(gig),
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert "3: " in done.stdout and "no such gain" in done.stdout, done.stdout + done.stderr
