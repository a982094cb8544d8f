"""The stage keeps patches playing: started, told what is saved, replaced when they die or hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from livegan.ipc.sound_ring import SoundRing, ring_of
from livegan.sound import HOP
from livegan.sound.features import FEATURES
from livegan.stage.patch_guests.guests import UNUSED, PatchGuests
from livegan.stage.patch_guests.patch_guest import DEATHS, HANGS, STARTS, STARVED, HangWatch
from livegan.stage.patch_guests.room_output import BEHIND_HOPS, RoomSound

SET = {"set": "/sets/set.py", "text": "1", "digest": "", "seed": 0, "beats_per_bar": 4}
ROW = {"key": "patch:wet", "where": "/sets/set.py:7", "audible": False, "code": ""}


class FakeProcess:
    """The process of a patch that does what a test says."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.said: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = [] if "key" not in options else [{"begin": options}]
        self.gone, self.wrong, self.pid = False, "", 0

    def next(self, timeout: float) -> dict[str, Any] | None:
        time.sleep(0.001)
        return self.said.pop(0) if self.said else None

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def how(self) -> str:
        return "killed by SIGKILL"

    def place(self, path: object) -> str:
        return "/sets/set.py:9"

    def end(self) -> None:
        self.gone = True

    close = end


class Stage:
    """What the guests are given, and what they said."""

    def __init__(self) -> None:
        self.main = SoundRing.create(1)
        self.processes: list[FakeProcess] = []
        self.notes: list[str] = []
        self.now = 0.0
        names = {"sound_ring": self.main.name, "folder": "/sets"}
        self.guests = PatchGuests(
            self.main, names, self.notes.append, clock=lambda: self.now, start=self.start
        )

    def start(self, target: str, options: dict[str, Any], printed: object) -> FakeProcess:
        self.processes.append(FakeProcess(options))
        return self.processes[-1]

    @property
    def playing(self) -> list[FakeProcess]:
        """The processes that were told to play, in the order in which they were."""
        return [p for p in self.processes if any("begin" in message for message in p.sent)]

    def wait(self, found: Callable[[], Any]) -> None:
        """Until it is so; threads take their time."""
        end = time.monotonic() + 20
        while not found():
            assert time.monotonic() < end, self.notes
            time.sleep(0.002)


@pytest.fixture
def stage() -> Iterator[Stage]:
    found = Stage()
    yield found
    found.guests.close()
    found.main.unlink()
    assert not [t for t in threading.enumerate() if t.name.startswith("patch ")]


def test_a_patch_is_started_and_its_ring_begins_with_the_show(stage: Stage) -> None:
    stage.main.write(np.zeros((HOP * 20, 2), np.float32))
    stage.main.write_features(np.zeros((20, len(FEATURES))))
    stage.guests.want([ROW], SET)
    stage.wait(lambda: stage.playing)
    ring = SoundRing.attach(ring_of(stage.main.name, "patch:wet"))
    assert ring.position == 20 * HOP
    ring.close()
    stage.playing[0].said.append({"type": "open"})
    stage.wait(lambda: stage.guests.states() == {"patch:wet": True})


def test_a_save_is_told_to_the_process_only_when_it_is_on_the_air(stage: Stage) -> None:
    stage.guests.want([ROW], SET)
    stage.wait(lambda: stage.playing)
    stage.guests.want([ROW], {**SET, "text": "2"}, only=False)
    stage.guests.want([ROW], {**SET, "text": "3"})
    stage.wait(lambda: any("use" in message for message in stage.playing[0].sent))
    used = [message["use"]["text"] for message in stage.playing[0].sent if "use" in message]
    assert set(used) == {"3"}


def test_one_that_dies_is_replaced_by_the_spare_and_its_line_is_named(stage: Stage) -> None:
    stage.guests.want([ROW], SET)
    stage.wait(lambda: len(stage.processes) == 2)  # the spare
    stage.playing[0].said.append({"type": "open"})
    stage.wait(lambda: stage.guests.states()["patch:wet"])
    stage.playing[0].gone = True
    stage.wait(lambda: len(stage.playing) == 2)
    stage.playing[1].said.append({"type": "open"})
    stage.wait(lambda: len(stage.notes) == 2)
    assert stage.notes == [
        "patch wet (line 9): killed by SIGKILL; it is started again",
        "patch wet (line 7) is back",
    ]


def test_one_that_keeps_dying_is_silent_until_a_save(stage: Stage) -> None:
    stage.guests.want([ROW], SET)
    for count in range(1, DEATHS + 1):
        stage.wait(lambda count=count: len(stage.playing) == count)
        stage.playing[-1].gone = True
    stage.wait(lambda: any("silent until you save" in note for note in stage.notes))
    stage.guests.want([ROW], {**SET, "text": "2"})
    stage.wait(lambda: len(stage.playing) == DEATHS + 1)


def test_what_no_set_names_ends_after_a_while(stage: Stage) -> None:
    stage.guests.want([ROW], SET)
    stage.wait(lambda: stage.playing)
    stage.guests.want([], SET)
    assert stage.guests.states()
    stage.now += UNUSED + 1
    stage.guests.look()
    assert not stage.guests.states()
    stage.wait(lambda: stage.playing[0].gone)


def test_a_hang_is_told_from_a_start_and_from_a_machine_that_is_busy() -> None:
    watch = HangWatch(object())
    began = watch._moved
    assert not watch.hangs(0, 0, began) and not watch.hangs(48000, 0, began + STARTS / 2)
    assert not watch.hangs(48000, HOP, began + 1), "it plays"
    assert not watch.hangs(96000, HOP, began + 1 + HANGS / 2)
    assert not watch.hangs(96000, HOP, began + 2), "it has not run: the machine is busy"
    assert watch.hangs(480000, HOP, began + 1.1 + STARVED)


def test_a_film_has_the_input_and_the_patches_that_are_heard() -> None:
    with SoundRing.create(1) as main, SoundRing.create(1) as patch:
        sound = RoomSound(main, lambda key: patch if key == "patch:a" else None)
        main.write(np.full((HOP * 20, 2), 0.1, np.float32))
        patch.write(np.full((HOP * 20, 2), 0.2, np.float32))
        assert sound.position == HOP * 20
        assert np.all(sound.samples(0, HOP) == np.float32(0.1))
        sound.hear(["patch:a", "patch:gone"])
        main.write(np.full((HOP * 20, 2), 0.1, np.float32))
        patch.write(np.full((HOP * 20, 2), 0.2, np.float32))
        assert sound.position == HOP * (40 - BEHIND_HOPS)
        assert np.allclose(sound.samples(HOP * 30, HOP * 31), 0.3)
