"""A set is tested without a show: what is wrong, by file and line, for people and programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from livegan.checking import SetProblem, prove_set, read_set
from livegan.cli import app
from livegan.plugin.source import instead
from tests.engine.playing import make_models

GOOD = "from livegan.live import *\nshow(encode.waveform(listen()))\n"
FAILS = """\
from livegan.live import *
@mixer
def bad(picture):
    return picture[[7]]
show(bad(encode.waveform(listen())))
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set.py").write_text(GOOD)
    return tmp_path


def test_text_that_is_not_saved_is_read(here: Path) -> None:
    text = GOOD.replace("waveform", "wavefrom")
    (problem,) = read_set(here / "set.py", text, here).problems
    assert (problem.file, problem.line) == (str(here / "set.py"), 2)
    assert "did you mean 'waveform'" in problem.message and problem.severity == "error"
    assert (here / "set.py").read_text() == GOOD


def test_a_mistake_in_a_module_beside_the_set_is_told_there(here: Path) -> None:
    (here / "beside.py").write_text("import math\n\nmath.sqrt(\n")
    (problem,) = read_set(here / "set.py", f"import beside\n{GOOD}", here).problems
    assert (problem.file, problem.line) == (str(here / "beside.py"), 3)


def test_a_module_that_is_not_saved_yet_is_read_as_it_is_typed(here: Path) -> None:
    module = here / "tools.py"
    module.write_text("gain = 1\n")
    text = f"import tools\n{GOOD.replace('listen()', 'listen(), gain=tools.gain')}"
    with instead({module: "gian = 1\n"}):
        (problem,) = read_set(here / "set.py", text, here).problems
    assert (problem.line, module.read_text()) == (3, "gain = 1\n") and "gain" in problem.message


def test_a_model_that_is_not_there_is_told_with_the_closest_name(here: Path) -> None:
    make_models(here / "models")
    text = 'from livegan.live import *\nshow(model("ston", encode.waveform(listen())))\n'
    (problem,) = read_set(here / "set.py", text, here).problems
    assert problem.line == 2 and "did you mean 'stone'" in problem.message
    assert read_set(here / "set.py", text.replace("ston", "stone"), here).good


def test_what_may_not_be_meant_is_a_warning_at_its_line(here: Path) -> None:
    text = f"{GOOD}show(encode.levels(listen()))\nimport time\n"
    found = read_set(here / "set.py", text, here)
    assert found.good and [p.severity for p in found.problems] == ["warning"] * 2
    assert [p.line for p in found.problems] == [2, 4]
    assert "`import time` hides the word `time`" in found.problems[1].message


def test_a_plugin_file_that_does_not_load_is_told_at_its_line(here: Path) -> None:
    (here / "plugins").mkdir()
    (here / "plugins" / "mine.py").write_text("import math\nmath.nothing\n")
    (problem,) = read_set(here / "set.py", GOOD, here).problems
    assert (problem.file, problem.line) == (str(here / "plugins" / "mine.py"), 2)
    assert problem.severity == "warning"


def test_a_set_that_cannot_draw_is_refused_when_it_is_proven(here: Path) -> None:
    (here / "set.py").write_text(FAILS)
    assert read_set(here / "set.py", (here / "set.py").read_text(), here).good
    found = prove_set(here / "set.py", here, size=64)
    assert not found.good and found.problems[0].line == 4


def ran(*words: str, text: str = "") -> tuple[int, Any]:
    done = CliRunner().invoke(app, ["check", *words], input=text)
    return done.exit_code, json.loads(done.stdout)


def test_the_command_prints_json_for_programs(here: Path) -> None:
    code, good = ran("set.py", "--quick", "--json")
    assert (code, good["schema"], good["good"], good["problems"]) == (0, 1, True, [])
    assert good["set"] == str(here / "set.py") and good["nodes"] == ["show.waveform"]
    code, bad = ran("set.py", "--stdin", "--json", text=GOOD.replace("show", "shwo"))
    assert code == 1 and bad["good"] is False
    assert set(bad["problems"][0]) == {"file", "line", "message", "severity"}


def test_the_command_ends_with_one_line_for_people(here: Path) -> None:
    (here / "set.py").write_text(GOOD.replace("show", "shwo"))
    done = CliRunner().invoke(app, ["check", "set.py", "--quick"])
    assert done.exit_code == 1
    assert done.output.startswith("set.py:2: nothing is called 'shwo'")
    assert len(done.output.strip().splitlines()) == 1
    assert SetProblem("a", None, "b").severity == "error"
