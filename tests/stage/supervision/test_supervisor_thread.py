"""A real engine process is kept playing whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import EngineMessage, Note, Undo
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.sound_ring import SoundRing
from livegan.ipc.wire import encode
from livegan.stage.supervision.engine_process import death
from livegan.stage.supervision.health import Limits
from livegan.stage.supervision.supervisor_thread import SupervisorThread

PATIENCE = 60.0
FAKE = "tests.stage.fake_engine:run"


def until(true: Callable[[], Any]) -> Any:
    """Wait for something to be true, and give it."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    return found


def gone(pid: int) -> bool:
    """No process of that number runs (one that nobody waited for does not run either)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return text.rpartition(")")[2].split()[0] in "ZX"


class Show:
    """A supervision with rings, a set and what was heard."""

    def __init__(self, folder: Path, limits: Limits, *, standby: bool = False) -> None:
        self.set = folder / "set.py"
        self.set.write_text("colour 10 20 30\n")
        self.rings = (
            SoundRing.create(2),
            PictureRing.create(512, 512),
            PictureRing.create(192, 960),
        )
        self.pictures = self.rings[1]
        self.heard: list[dict[str, Any]] = []
        self.controls = ControlTable.create()
        sound, pictures, thumbs = self.rings
        options = {
            "set": str(self.set),
            "folder": str(folder),
            "sound_ring": sound.name,
            "picture_ring": pictures.name,
            "thumb_ring": thumbs.name,
            "control_table": self.controls.name,
        }
        self.supervision = SupervisorThread(
            options, self.hear, target=FAKE, limits=limits, standby=standby
        )

    def hear(self, message: EngineMessage) -> None:
        self.heard.append(encode(message))

    def close(self) -> None:
        self.supervision.stop()
        for memory in (*self.rings, self.controls):
            memory.close()
            memory.unlink()

    def save(self, text: str) -> None:
        beside = self.set.with_suffix(".new")
        beside.write_text(text)
        os.replace(beside, self.set)

    def told(self, kind: str) -> list[str]:
        return [m["text"] for m in list(self.heard) if m.get("kind") == kind]

    def hellos(self) -> list[int]:
        return [m["pid"] for m in list(self.heard) if m["type"] == "hello"]

    def on_air(self) -> list[str]:
        return [m["source"] for m in list(self.heard) if m.get("status") == "on_air"]

    def colour(self) -> int:
        """The red of the newest picture, -1 before the first."""
        picture = self.pictures.latest()
        return -1 if picture is None else int(picture.pixels[500, :, 0].min())


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    show = Show(tmp_path, Limits(alive=1.5, building=15, starting=40, backoff=0.1))
    try:
        yield show
    finally:
        show.close()


def test_a_killed_engine_returns_with_the_last_good_set_while_the_last_picture_stays(
    show: Show,
) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    show.save("colour 77 20 30\n")
    until(lambda: show.colour() == 77)
    first = show.supervision.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(lambda: show.told("recovery"))
    assert show.colour() == 77
    before = show.pictures.newest
    until(lambda: show.pictures.newest > before)
    assert show.colour() == 77
    assert show.supervision.pid not in (None, first)
    until(lambda: gone(first))
    assert "killed by SIGKILL" in show.told("death")[0]


def test_an_engine_that_holds_the_interpreter_is_killed_and_returns(show: Show) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    first = show.supervision.pid
    show.save("colour 66 1 1\nhang\n")
    until(lambda: show.colour() == 66)
    until(lambda: len(show.hellos()) > 1)
    assert first is not None
    until(lambda: gone(first))
    assert "has not answered" in show.told("death")[0]


def test_a_set_that_segfaults_twice_is_left_out_and_the_one_before_plays(show: Show) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    show.save("colour 99 1 1\ncrash\n")
    until(lambda: show.told("blocked"))
    until(lambda: show.supervision.state.phase == "playing")
    until(lambda: show.colour() == 10)
    assert len(show.told("death")) == 2
    show.save("colour 55 1 1\n")
    until(lambda: show.colour() == 55)


def test_a_save_that_kills_while_it_is_proven_never_reaches_the_air(show: Show) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    show.save("colour 99 1 1\ncrash while proving\n")
    until(lambda: show.told("recovery"))
    assert show.colour() == 10
    assert all("crash" not in source for source in show.on_air())


def test_an_engine_that_leaves_by_itself_returns_too(show: Show) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    show.save("colour 20 1 1\nexit\n")
    until(lambda: show.told("death"))
    assert "ended with status 3" in show.told("death")[0]
    until(lambda: show.told("recovery"))


def test_messages_reach_the_engine_that_plays_now(show: Show) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    show.save("colour 20 1 1\n")
    until(lambda: show.colour() == 20)
    show.supervision.send(Undo())
    until(lambda: show.colour() == 10)


def test_a_target_that_cannot_be_imported_is_tried_again_and_nothing_hangs(
    tmp_path: Path,
) -> None:
    show = Show(tmp_path, Limits(backoff=0.1))
    show.supervision._target = "no.such.engine:run"
    show.supervision.start()
    until(lambda: len(show.told("death")) >= 3)
    show.close()
    said = [line for m in show.heard if m["type"] == "printed" for line in m["lines"]]
    assert any("ModuleNotFoundError" in line for line in said) or sys.platform == "win32"


def test_stop_leaves_no_process(show: Show) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    pid = show.supervision.pid
    show.supervision.stop()
    assert pid is not None and gone(pid)


def test_stop_ends_an_engine_that_hangs(show: Show) -> None:
    show.save("colour 10 0 0\nhang\n")
    show.supervision.start()
    until(lambda: show.colour() == 10)
    time.sleep(1.2)
    pid = show.supervision.pid
    show.supervision.stop()
    assert pid is None or gone(pid)


PARENT = """
import sys, time
from pathlib import Path
from livegan.stage.supervision.health import Limits
from tests.stage.supervision.test_supervisor_thread import Show
if __name__ == "__main__":
    show = Show(Path(sys.argv[1]), Limits())
    show.set.write_text(sys.argv[2])
    show.supervision.start()
    while not show.hellos() or show.colour() < 0:
        time.sleep(0.02)
    time.sleep(float(sys.argv[3]))
    print(show.supervision.pid, *(ring.name for ring in show.rings), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and /dev/shm")
@pytest.mark.parametrize(("text", "wait"), [("colour 1 1 1\n", 0), ("colour 1 1 1\nhang\n", 1.5)])
def test_a_killed_stage_leaves_neither_an_engine_nor_memory(
    tmp_path: Path, text: str, wait: float
) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py"), str(tmp_path), text, str(wait)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(root)},
        text=True,
    )
    assert process.stdout is not None
    pid, *names = process.stdout.readline().split()
    assert not gone(int(pid)) and len(names) == 3
    process.kill()
    process.wait()
    process.stdout.close()
    until(lambda: gone(int(pid)))
    until(lambda: not any(Path("/dev/shm", name).exists() for name in names))


@pytest.mark.skipif(sys.platform != "linux", reason="stops and weighs processes")
def test_an_engine_that_stops_or_takes_too_much_is_replaced(tmp_path: Path) -> None:
    show = Show(tmp_path, Limits(alive=30, memory=200_000_000, backoff=0.1))
    try:
        show.supervision.start()
        until(lambda: show.colour() == 10)
        first = show.supervision.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        until(lambda: show.told("recovery"))
        assert "it was stopped" in show.told("death")[0]
        until(lambda: gone(first))
        show.save("colour 30 1 1\ntake 250\n")
        until(lambda: show.told("blocked"))
        assert "of memory; --memory allows 0.2 GB" in show.told("death")[-1]
        until(lambda: show.supervision.state.phase == "playing")
        show.save("colour 40 1 1\n")
        until(lambda: show.colour() == 40)
    finally:
        show.close()


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and reads /proc")
def test_what_a_set_started_ends_with_its_engine_and_hides_no_death(show: Show) -> None:
    def started() -> list[list[int]]:
        said = [str(m.get("text", "")) for m in list(show.heard)]
        return [[int(p) for p in text.split()[1:]] for text in said if text.startswith("forked ")]

    show.save("colour 10 1 1\nfork\n")
    show.supervision.start()
    until(started)
    first = show.supervision.pid
    assert first is not None and not any(gone(pid) for pid in started()[0])
    os.kill(first, signal.SIGKILL)
    until(lambda: show.told("recovery"))
    assert "killed by SIGKILL" in show.told("death")[0]
    until(lambda: all(gone(pid) for pid in started()[0]))
    until(lambda: len(started()) == 2)
    assert not any(gone(pid) for pid in started()[1])
    show.supervision.stop()
    until(lambda: all(gone(pid) for pid in started()[1]))


@pytest.mark.skipif(sys.platform == "win32", reason="goes to the terminal there")
def test_what_an_engine_prints_is_handed_on_in_few_lines(show: Show) -> None:
    show.supervision.start()
    until(lambda: show.colour() == 10)
    show.save("colour 20 1 1\nprint 50000\n")

    def printed() -> list[str]:
        return [line for m in list(show.heard) if m["type"] == "printed" for line in m["lines"]]

    until(lambda: any("more lines" in line for line in printed()))
    assert printed().count("noise") < 200
    assert not show.told("death")


def test_a_standby_takes_over_and_is_replaced_and_none_is_left_behind(tmp_path: Path) -> None:
    show = Show(tmp_path, Limits(alive=30), standby=True)
    try:
        show.supervision.start()
        until(lambda: show.told("standby"))
        first = show.supervision.pid
        assert first is not None and show.told("standby") == [
            "the standby engine is ready with version 1"
        ]
        standby = show.supervision._standby
        assert standby is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: show.told("recovery"))
        assert "the standby engine takes over with version 1" in show.told("death")[0]
        assert show.supervision.pid == standby.pid
        until(lambda: len(show.told("standby")) == 2)
        other = show.supervision._standby
        assert other is not None and other.pid not in (first, standby.pid)
        os.kill(other.pid, signal.SIGKILL)
        until(lambda: len(show.told("standby")) >= 3)
        assert "the standby engine stopped (killed by SIGKILL)" in show.told("standby")
        assert len(show.told("death")) == 1
    finally:
        show.close()
    until(lambda: gone(standby.pid) and gone(other.pid))


def test_deaths_are_told_in_words() -> None:
    assert death(-9) == "killed by SIGKILL"
    assert death(-200) == "killed by signal 200"
    assert death(3) == "ended with status 3"
    assert death(None) == "does not answer"


def mumble(connection: Connection, options: dict[str, Any]) -> None:
    """An engine that says what is no message, and then something."""
    connection.send({"type": "commit", "status": "lost"})
    connection.send(["not", "a", "message"])
    connection.send({"type": "note", "text": "here"})
    connection.poll(None)


def test_what_is_no_message_costs_only_itself_and_is_told_in_a_line(tmp_path: Path) -> None:
    heard: list[EngineMessage] = []
    mumbling = f"{__name__}:mumble"
    supervision = SupervisorThread(
        {"set": "", "folder": str(tmp_path)}, heard.append, target=mumbling
    )
    supervision.start()
    try:
        until(lambda: Note("here") in heard)
    finally:
        supervision.stop()
    why = "the engine sent an invalid message: "
    assert [m.text for m in heard if isinstance(m, Note)] == [
        f"{why}commit: status cannot be 'lost'",
        f"{why}a message has a type",
        "here",
    ]
