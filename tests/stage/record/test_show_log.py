"""The show log keeps what happened, and the terminal shows it in single lines."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from livegan.ipc.messages import Note
from livegan.stage.record.show_log import ShowLog, free_name, line_of
from livegan.stage.record.terminal import KEPT


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


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


class Drain:
    """The end of a pipe or fifo that is read at last."""

    def __init__(self, end: int) -> None:
        self.end, self.got = end, b""
        os.set_blocking(end, False)

    def read(self, last: bytes) -> str:
        """All that is written, up to ``last``."""

        def came() -> bool:
            with contextlib.suppress(BlockingIOError):
                self.got += os.read(self.end, 65536)
            return last in self.got

        until(came)
        return self.got.decode()


class Stuck:
    """A pipe as a terminal: full, until it is read."""

    def __init__(self) -> None:
        end, self.file = os.pipe()
        self.drain = Drain(end)
        os.set_blocking(self.file, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(self.file, b"x" * 65536)
        os.set_blocking(self.file, True)

    def close(self) -> None:
        os.close(self.drain.end)
        os.close(self.file)


posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes that block, and fifos")


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    pipe = Stuck()
    yield pipe
    pipe.close()


def holds(path: Path, text: str) -> None:
    """Wait for a text in a file."""
    until(lambda: text in path.read_text())


@posix
def test_a_terminal_that_takes_nothing_delays_neither_file_nor_jobs(
    tmp_path: Path, stuck: Stuck
) -> None:
    path = tmp_path / "show.jsonl"
    with open(stuck.file, "w", closefd=False) as terminal:
        log = ShowLog(path, terminal=terminal)
        for number in range(KEPT + 50):
            log.take(Note(f"line {number}."))
        log.later(lambda: log.record("job"))
        holds(path, '"job"')
        holds(path, f"line {KEPT + 49}.")
        assert not log.trouble
        shown = stuck.drain.read(f"line {KEPT + 49}.\n".encode())
        log.close()
    found = re.findall(r"line (\d+)\.|was blocked: (\d+) lines left out", shown)
    numbers = [int(line) for line, _ in found if line]
    left_out = sum(int(count) for _, count in found if count)
    assert numbers == sorted(set(numbers)) and numbers[-KEPT:] == list(range(50, KEPT + 50))
    assert left_out and len(numbers) + left_out == KEPT + 50
    assert found[-KEPT - 1][1], "it is told where they are missing"


def test_a_job_that_hangs_delays_neither_file_nor_terminal(tmp_path: Path) -> None:
    path, answered, terminal = tmp_path / "show.jsonl", threading.Event(), io.StringIO()
    log = ShowLog(path, terminal=terminal)
    log.later(lambda: answered.wait(60))
    log.later(lambda: log.record("after"))
    log.take(Note("meanwhile"))
    holds(path, "meanwhile")
    assert "after" not in path.read_text()
    answered.set()
    log.close()
    assert "after" in path.read_text(), "what a last job has to say is written"
    assert "meanwhile" in terminal.getvalue()


@posix
def test_a_disk_that_hangs_is_told_and_delays_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.stage.record.line_file.SLOW", 0.01)
    monkeypatch.setattr("livegan.stage.record.show_log.WAITING", 20)
    path = tmp_path / "show.jsonl"
    os.mkfifo(path)
    drain = Drain(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    terminal = io.StringIO()
    log = ShowLog(path, terminal=terminal)
    log.record("long", text="x" * 500_000)
    until(lambda: "does not answer" in log.trouble)
    for number in range(100):
        log.record("line", number=number)
    log.say("the show goes on")
    done = threading.Event()
    log.later(done.set)
    assert done.wait(30)
    written = drain.read(b'"number": 19}\n')
    log.close()
    os.close(drain.end)
    assert not log.trouble
    assert "the show goes on" in terminal.getvalue()
    assert written.count('"line"') == 20, "no more lines than that wait"


ENDS = """
import sys, threading
from datetime import datetime
from pathlib import Path
from livegan.stage.record import show_log as of

of.LAST_JOBS = of.LAST_LINES = 0.2
log = of.ShowLog(Path(sys.argv[1]))
for number in range(100):
    log.say("x" * 4096)
log.later(threading.Event().wait)
log.record("end")
log.close()
"""


def test_a_show_ends_though_terminal_and_disk_do_not_answer(tmp_path: Path) -> None:
    path = tmp_path / "show.jsonl"
    buffered = {name: v for name, v in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-c", ENDS, str(path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=buffered) as process:
        try:
            assert process.wait(120) == 0
        finally:
            process.kill()
    assert '"end"' in path.read_text()


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


def test_two_shows_in_one_second_have_a_log_each(tmp_path: Path) -> None:
    def now() -> datetime:
        return datetime(2026, 11, 28, 20, 15, 3)

    names = [free_name(tmp_path / "shows", now)[0] for _ in range(3)]
    assert [path.name for path in names if path] == [
        "2026-11-28-201503.jsonl",
        "2026-11-28-201503-2.jsonl",
        "2026-11-28-201503-3.jsonl",
    ]


def test_where_no_log_can_be_made_the_reason_is_given(tmp_path: Path) -> None:
    (tmp_path / "shows").write_text("a file")
    path, why = free_name(tmp_path / "shows")
    assert path is None
    assert "shows" in why
