"""A real engine process: what it hands over, what ends it, and how it returns."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import EngineMessage, SwapNow
from livegan.ipc.picture_ring import PictureRing, RingPicture
from livegan.ipc.sound_ring import SoundRing
from livegan.ipc.wire import encode
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES
from livegan.stage.show_memory import remove
from livegan.stage.supervision.health import Limits
from livegan.stage.supervision.supervisor_thread import SupervisorThread

PATIENCE = 240.0
BEATS = 2.0
"""The count of beats of the sound, from its second second."""

SET = """
from livegan.live import *
import ctypes
settings(swap="now", dissolve=0, size=64)
{top}
@encoder
def past(sound, *, now, size):
    {leaf}
    return skyline(sound.peaks(size[1], 60.0), size)

show(past(listen()))
"""


def text(top: str = "pass", leaf: str = "pass") -> str:
    return SET.format(top=top, leaf=leaf)


class Show:
    """A supervision of real engines, and a stage that does nothing but make sound."""

    def __init__(self, folder: Path, *, standby: bool) -> None:
        self.set = folder / "set.py"
        self.set.write_text(text())
        self.sound = SoundRing.create(60)
        self.pictures, self.thumbs = PictureRing.create(512, 512), PictureRing.create(256, 6144)
        self.controls = ControlTable.create()
        self.heard: list[dict[str, Any]] = []
        options = {
            "set": str(self.set),
            "folder": str(folder),
            "sound_ring": self.sound.name,
            "picture_ring": self.pictures.name,
            "thumb_ring": self.thumbs.name,
            "control_table": self.controls.name,
            "device": "cpu",
            "memory": 4_000_000_000,
        }
        limits = Limits(alive=6, building=PATIENCE, starting=PATIENCE, backoff=0.1)
        self.supervision = SupervisorThread(options, self.hear, limits=limits, standby=standby)
        self._over = threading.Event()
        self._sounds = threading.Thread(target=self._play)
        self._sounds.start()
        self.supervision.start()

    def hear(self, message: EngineMessage) -> None:
        """Keep a message as it is in the show log."""
        self.heard.append(encode(message))

    def _play(self) -> None:
        """A second of noise, and silence from then on."""
        noise = np.random.default_rng(1).uniform(-0.9, 0.9, (RATE, 2)).astype(np.float32)
        self.sound.write(noise)
        self.sound.write_features(np.zeros((RATE // HOP, len(FEATURES)), np.float32))
        while not self._over.wait(HOP / RATE):
            self.sound.write(np.zeros((HOP, 2), np.float32))
            row = np.zeros((1, len(FEATURES)))
            row[0, FEATURES.index("beats")] = BEATS
            self.sound.write_features(row)

    def close(self) -> None:
        self.supervision.stop()
        self._over.set()
        self._sounds.join()
        for ring in (self.sound, self.pictures, self.thumbs, self.controls):
            remove(ring)

    def save(self, content: str) -> None:
        beside = self.set.with_suffix(".new")
        beside.write_text(content)
        os.replace(beside, self.set)

    def until(self, what: str, true: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while not (found := true()):
            if time.monotonic() > end:
                told = [m for m in self.heard if m["type"] not in ("alive", "slots")]
                pytest.fail(f"{what} did not happen: {told[-8:]}")
            time.sleep(0.02)
        return found

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [m for m in list(self.heard) if m.get("kind") == kind]

    def commits(self, status: str) -> list[dict[str, Any]]:
        return [m for m in list(self.heard) if m.get("status") == status]

    def picture(self, after: int | None = None) -> RingPicture:
        """A picture that is newer than those there are by now."""
        serial = self.pictures.newest if after is None else after
        picture: RingPicture = self.until("a picture", lambda: self.pictures.latest(serial))
        return picture


@pytest.fixture
def show(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Show]:
    show = Show(tmp_path, standby=request.param)
    try:
        yield show
    finally:
        show.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("show", [False], indirect=True)
@pytest.mark.skipif(sys.platform == "win32", reason="asks a process by signal where it is")
def test_a_set_that_holds_the_interpreter_is_found_named_and_left_out(show: Show) -> None:
    show.until("the first program", lambda: show.commits("on_air"))
    assert show.picture().pixels.max() > 100, "the second of noise is to be seen"

    # What it prints is bounded, and waits and exits cost nothing but the save.
    show.save(text("print('noise\\n' * 20_000); import os; os._exit(3)"))
    refused = show.until("a refusal", lambda: show.commits("refused"))[0]
    assert "a set cannot call exit()" in refused["reason"]
    printed = [line for m in show.heard if m["type"] == "printed" for line in m["lines"]]
    assert 0 < printed.count("noise") < 200
    assert not show.told("death")

    show.save(text("ctypes.PyDLL(None).sleep(600)"))
    death = show.until("a death", lambda: show.told("death"))[0]
    assert "has not answered for" in death["how"]
    assert (death["node"], death["where"]) == ("running the set", f"{show.set}:5")
    assert "at running the set, set.py:5" in death["text"]
    show.until("that it is left out", lambda: show.told("blocked"))
    why = "this version crashed the engine"
    show.until("a refusal", lambda: why in show.commits("refused")[-1]["reason"])
    picture = show.picture()
    assert picture.version == 1
    if show.sound.position < 55 * RATE:  # not on a machine this slow
        assert picture.pixels.max() > 100, "the past is known to a new engine"

    # Editing it lifts the quarantine.
    show.save(text("x = 1"))
    show.until("the edit on air", lambda: show.commits("on_air")[-1]["source"] == text("x = 1"))
    assert len(show.told("death")) == 1, "it was certain who did it"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("show", [False], indirect=True)
def test_its_knobs_are_told_and_what_is_cued_can_be_put_on_the_air_at_once(show: Show) -> None:
    show.until("the first program", lambda: show.commits("on_air"))
    # The count of beats stands still, so a bar never comes.
    bars = text("knob('hue', 0.3, 0, 2, 'colour')").replace('swap="now"', 'swap="bar"')
    show.save(bars)
    show.until("a cue", lambda: len(show.commits("cued")) == 2)
    show.picture(show.picture().serial)
    assert len(show.commits("on_air")) == 1
    show.supervision.send(SwapNow())
    show.until("the new program", lambda: len(show.commits("on_air")) == 2)
    hue = {"name": "hue", "default": 0.3, "low": 0.0, "high": 2.0, "doc": "colour"}

    def settings() -> dict[str, Any]:
        return [m for m in list(show.heard) if m["type"] == "settings"][-1]

    show.until("its knob", lambda: settings()["controls"] == ["knob/hue"])
    assert settings()["knobs"] == [hue]


FORKS = "if now.frame % 64 == 63 and not forks: forks.append(os.fork())"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("show", [False], indirect=True)
@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_what_a_leaf_forks_off_does_not_play_and_rings_without_a_name_are_found(show: Show) -> None:
    show.until("the first program", lambda: show.commits("on_air"))
    engine = psutil.Process(show.supervision.pid)
    show.save(text("import os; forks = []", FORKS))
    forked = show.until("a fork", engine.children)[0]
    show.until("its end", lambda: forked.status() == psutil.STATUS_ZOMBIE)
    assert show.picture().version == 2
    assert not show.told("death") and engine.is_running()

    # As systemd does when a user's last session ends.
    for ring in (show.sound, show.pictures, show.thumbs):
        Path("/dev/shm", ring.name).unlink()
    engine.kill()
    show.until("a recovery", lambda: show.told("recovery"))
    assert show.picture().version == 2
    assert len(show.told("death")) == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("show", [True], indirect=True)
@pytest.mark.skipif(sys.platform != "linux", reason="what a signal does differs")
def test_a_standby_takes_over_from_a_set_that_crashes(show: Show) -> None:
    show.until("a standby", lambda: show.told("standby"))
    first = show.supervision.pid
    crash = text(leaf="if now.frame % 64 == 63: ctypes.string_at(0)")
    show.save(crash)
    show.until("the new program", lambda: show.commits("on_air")[-1]["source"] == crash)
    death = show.until("a death", lambda: show.told("death"))[0]
    assert death["how"] == "killed by SIGSEGV"
    assert (death["node"], death["where"]) == ("show.past", f"{show.set}:8")
    assert "the standby engine takes over" in death["text"]
    recovery = show.until("a recovery", lambda: show.told("recovery"))[0]
    assert recovery["pid"] not in (None, first)
    show.until("the quarantine", lambda: show.told("blocked"))
    show.until("the program before", lambda: show.supervision.state.phase == "playing")
    assert show.picture().version == 1

    # One that is stopped is found without its help.
    show.until("another standby", lambda: show.supervision.state.standby.ready)
    deaths = len(show.told("death"))
    os.kill(show.supervision.pid or 0, signal.SIGSTOP)
    show.until("a death", lambda: len(show.told("death")) > deaths)
    assert show.told("death")[-1]["how"] == "it was stopped"
    show.until("the standby", lambda: show.supervision.state.phase == "playing")
    assert show.picture().version == 1
