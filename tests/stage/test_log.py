"""The show log keeps what happened, and the terminal shows it in single lines."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from livegan.stage.log import ShowLog, line_of


def test_records_are_json_lines_in_order(tmp_path: Path) -> None:
    path = tmp_path / "shows" / "show.jsonl"
    log = ShowLog(path, terminal=io.StringIO())
    for number in range(50):
        log.record("commit", kind="on purpose", status="on_air", version=number, file=Path("x"))
    log.close()
    log.close()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["version"] for line in lines] == list(range(50))
    assert all(line["type"] == "commit" and line["at"] >= 0 for line in lines)


def test_a_job_that_fails_is_told_and_the_log_goes_on(tmp_path: Path) -> None:
    terminal = io.StringIO()
    log = ShowLog(tmp_path / "show.jsonl", terminal=terminal)
    log.later(lambda: (tmp_path / "no" / "folder").write_text(""))
    log.record("end")
    log.close()
    assert "No such file" in terminal.getvalue()
    assert "end" in (tmp_path / "show.jsonl").read_text()


def test_brackets_in_a_line_are_not_taken_for_style(tmp_path: Path) -> None:
    terminal = io.StringIO()
    log = ShowLog(None, terminal=terminal)
    log.say("x[red] is [bold]", "red")
    log.close()
    assert "x[red] is [bold]" in terminal.getvalue()


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            {
                "type": "commit",
                "status": "on_air",
                "version": 2,
                "kept": ["a"],
                "built": ["b", "c"],
            },
            "on air   version 2  (1 kept, 2 built)",
        ),
        (
            {"type": "commit", "status": "refused", "where": "/x/four.py:3", "reason": "no"},
            "refused  four.py:3: no",
        ),
        (
            {"type": "fault", "node": "spikes", "where": "four.py:3", "reason": "held"},
            "fault    four.py:3: spikes: held",
        ),
        ({"type": "engine", "kind": "death", "text": "gone"}, "gone"),
        ({"type": "hello", "device": "cpu", "precision": "bfloat16"}, "engine   on cpu bfloat16"),
    ],
)
def test_the_terminal_shows_commits_faults_and_deaths(
    message: dict[str, object], line: str
) -> None:
    found = line_of(message)
    assert found is not None and found[0] == line


def test_the_terminal_is_not_told_every_step() -> None:
    assert line_of({"type": "alive"}) is None
    assert line_of({"type": "commit", "status": "proven"}) is None
    assert line_of({"type": "engine", "kind": "phase", "text": ""}) is None
