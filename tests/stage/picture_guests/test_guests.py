"""Cameras that a set names are opened once, come back by themselves, and close when unused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from livegan.ipc.picture_ring import PictureRing
from livegan.picture_sources.source import SourceName, Wanted
from livegan.stage.picture_guests.guests import DELIVER, PictureGuests
from tests.picture_sources.films import write_film

CANVAS = Wanted(64, 64)


def until(seen: Callable[[], Any], seconds: float = 60.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := seen()) and time.monotonic() < end:
        time.sleep(0.05)
    assert found
    return found


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def guests(tmp_path: Path, notes: list[str]) -> Iterator[PictureGuests]:
    made = PictureGuests(tmp_path, notes.append)
    yield made
    made.close()


def test_a_camera_writes_its_pictures_into_a_ring(guests: PictureGuests) -> None:
    rings = guests.want([SourceName("camera", "test")], CANVAS)
    with PictureRing.attach(rings["camera:test"]) as ring:
        first = until(lambda: ring.latest())
        assert first.pixels.shape == (64, 114, 3)  # 16:9, as high as the canvas
        assert until(lambda: ring.latest(first.serial)).serial > first.serial
    until(lambda: guests.states() == {"camera:test": True})


def test_naming_it_again_keeps_it_open(guests: PictureGuests) -> None:
    rings = dict(guests.want([SourceName("camera", "test")], CANVAS))
    assert guests.want([SourceName("camera", "test")], CANVAS) == rings


def test_one_that_is_not_there_is_waited_for_and_said_once(
    guests: PictureGuests, notes: list[str]
) -> None:
    guests.want([SourceName("camera", "nothing is called this")], CANVAS)
    until(lambda: notes)
    time.sleep(2.5)
    assert len(notes) == 1
    assert notes[0].startswith("camera:nothing is called this is away and is waited for: ")


def test_a_guest_that_dies_is_started_again(guests: PictureGuests, notes: list[str]) -> None:
    rings = guests.want([SourceName("camera", "test")], CANVAS)
    with PictureRing.attach(rings["camera:test"]) as ring:
        until(ring.latest)
        writers = [p for p in psutil.Process().children(recursive=True) if _has(p, ring.name)]
        assert writers
        for process in writers:
            process.kill()
        before = ring.newest
        until(lambda: "camera:test is back" in notes)
        until(lambda: ring.newest > before)


def _has(process: psutil.Process, ring: str) -> bool:
    try:
        return ring in Path(f"/proc/{process.pid}/maps").read_text()
    except OSError:
        return False


def test_what_no_program_names_closes_after_a_while(tmp_path: Path) -> None:
    now = [0.0]
    guests = PictureGuests(tmp_path, lambda text: None, clock=lambda: now[0])
    try:
        guests.want([SourceName("camera", "test")], CANVAS)
        guests.want([], CANVAS)
        now[0] = 20.0
        guests.look()
        assert guests.states().keys() == {"camera:test"}
        now[0] = 60.0
        guests.look()
        assert guests.states() == {}
    finally:
        guests.close()


def test_a_film_is_played_in_place_of_a_source(tmp_path: Path, notes: list[str]) -> None:
    film = write_film(tmp_path / "a.mp4", 25, size=(64, 96))
    guests = PictureGuests(tmp_path, notes.append, stand_ins={"camera": str(film)})
    try:
        rings = guests.want([SourceName("camera", "FaceTime")], CANVAS)
        with PictureRing.attach(rings["camera:FaceTime"]) as ring:
            first = until(lambda: ring.latest())
            assert first.pixels.shape == (64, 96, 3)
            until(lambda: ring.latest(first.serial))
    finally:
        guests.close()
    assert notes == ["camera:FaceTime: a.mp4 stands in for it (--with)"]


class Lacking:
    """A guest whose machine lacks a package for it."""

    gone = False

    def __init__(self, target: str, options: dict[str, Any]) -> None:
        self.says = [{"type": "unavailable", "text": "Spout is on Windows only"}]

    def next(self, timeout: float) -> Any:
        if self.says:
            return self.says.pop()
        self.gone = True
        return None

    def close(self) -> None: ...


def test_what_this_machine_lacks_a_system_for_is_said_and_hardly_tried_again(
    tmp_path: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.stage.picture_guests.guests.RETRY", 0.01)
    started: list[str] = []

    def start(target: str, options: dict[str, Any]) -> Lacking:
        started.append(target)
        return Lacking(target, options)

    guests = PictureGuests(tmp_path, notes.append, start=start)
    try:
        guests.want([SourceName("spout_in", "td")], CANVAS)
        until(lambda: notes)
        time.sleep(0.2)
    finally:
        guests.close()
    assert notes == ["spout_in:td is not available: Spout is on Windows only"]
    assert started == [DELIVER]
