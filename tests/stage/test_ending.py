"""However a show is ended, it leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.gremlins.screen import start_server
from tests.stage.performance import Performance
from tests.stage.supervision.test_supervisor_thread import gone, until

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]


RUN = """
import sys
from pathlib import Path
from livegan.stage.ending import leave
from livegan.stage.options import Options
from livegan.stage.stage import Stage
from livegan.stage.window import x11
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    stage = Stage(Options(set=folder / "set.py", folder=folder, audio="silence",
                          log=folder / "show.jsonl", engine="tests.stage.fake_engine:run"))
    status = stage.run()
    if x11.leaked():  # as the command does
        leave(status)
    sys.exit(status)
"""


@contextlib.contextmanager
def apart(show: Performance) -> Iterator[tuple[subprocess.Popen[str], set[str]]]:
    """A show in a process and a group of its own, once it has a picture; and its shared memory."""
    (show.folder / "run.py").write_text(RUN)
    process = subprocess.Popen(
        [sys.executable, str(show.folder / "run.py"), str(show.folder)],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        text=True,
        start_new_session=True,
    )
    try:
        until(lambda: show.lines("first_picture"))
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        memory = {word for word in maps.split() if word.startswith("/dev/shm/livegan-")}
        assert memory
        yield process, memory
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_show_in_order_and_leaves_nothing(show: Performance, name: str) -> None:
    with apart(show) as (process, memory):
        number = getattr(signal, name)
        os.killpg(process.pid, number)  # to all of them, as a terminal does
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert "Traceback" not in errors and "leaked" not in errors
        assert show.lines("report")
        assert gone(show.lines("hello")[0]["pid"])
        assert not any(Path(path).exists() for path in memory)


def test_a_stage_that_is_killed_leaves_no_engine_and_no_memory(show: Performance) -> None:
    with apart(show) as (process, memory):
        process.kill()
        process.wait()
        until(lambda: gone(show.lines("hello")[0]["pid"]))
        until(lambda: not any(Path(path).exists() for path in memory))


def test_a_show_outlives_its_x_server_and_still_ends_in_order(
    tmp_path: Path, screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, display = start_server((640, 480))
    try:
        monkeypatch.setenv("DISPLAY", display)
        show = Performance(tmp_path, display)
        with apart(show) as (process, memory):
            server.kill()
            until(lambda: [w for w in show.lines("window") if w["what"] == "lost"])
            assert "goes on without a window" in show.lines("window")[-1]["text"]
            show.save("colour 90 60 20\n")  # and is played
            until(lambda: len([c for c in show.lines("commit") if c["status"] == "on_air"]) == 2)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
            assert process.returncode == 128 + signal.SIGTERM, errors
            assert show.lines("report")
            assert not any(Path(path).exists() for path in memory)
    finally:
        server.kill()
        server.wait()
