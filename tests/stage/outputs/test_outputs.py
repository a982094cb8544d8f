"""Outputs get the newest pictures on threads of their own, and none of them stops a show."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
import pytest

from livegan.ipc.picture_ring import PictureRing
from livegan.stage.flash.flash_guard import FlashGuard
from livegan.stage.outputs.outputs import Outputs, openers
from livegan.stage.streams.formats import Format
from livegan.stage.streams.streams import Streams
from tests.stage.streams.running import running


class Kept:
    """An output that keeps what it is sent."""

    made: list[Kept]

    def __init__(self, name: str) -> None:
        self.name, self.closed = name, False
        self.got: list[int] = []
        self.threads = {threading.get_ident()}
        Kept.made.append(self)

    def send(self, pixels: np.ndarray) -> None:
        self.threads.add(threading.get_ident())
        self.got.append(int(pixels[0, 0, 0]))
        if pixels[0, 0, 0] == 13:
            raise RuntimeError("thirteen is not taken")

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed = True


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def until_got(value: int) -> None:
    """Until the first output's newest picture is that."""
    until(lambda: Kept.made and value in Kept.made[0].got[-1:])


@pytest.fixture
def ring() -> Iterator[PictureRing]:
    Kept.made = []
    with PictureRing.create(8, 8) as ring:
        yield ring
        ring.unlink()


@pytest.fixture
def streams(ring: PictureRing) -> Iterator[Streams]:
    with running() as streams:
        yield streams


def plain(value: int) -> np.ndarray:
    return np.full((4, 4, 3), value, np.uint8)


def wanted(ring: PictureRing, *names: str, kind: str = "kept") -> list[dict[str, Any]]:
    return [{"name": name, "kind": kind, "ring": ring.name} for name in names]


def test_each_output_has_one_thread_of_its_own(ring: PictureRing, streams: Streams) -> None:
    outputs = Outputs({"kept": Kept}, streams, print)
    outputs.take(wanted(ring, "one", "two"))
    ring.write(plain(5))
    until(lambda: len(Kept.made) == 2 and all(set(k.got) == {5} for k in Kept.made))
    outputs.close()
    until(lambda: all(k.closed for k in Kept.made))
    assert all(len(k.threads) == 1 for k in Kept.made)
    assert Kept.made[0].threads.isdisjoint({*Kept.made[1].threads, threading.get_ident()})


def test_the_same_message_again_changes_nothing_and_what_vanished_is_closed(
    ring: PictureRing,
    streams: Streams,
) -> None:
    outputs = Outputs({"kept": Kept}, streams, print)
    outputs.take(wanted(ring, "one", "two"))
    until(lambda: len(Kept.made) == 2)
    outputs.take(wanted(ring, "two"))
    until(lambda: [k.closed for k in sorted(Kept.made, key=lambda k: k.name)] == [True, False])
    assert len(Kept.made) == 2
    outputs.close()


def test_a_failed_picture_is_told_once_and_the_next_is_sent(
    ring: PictureRing, streams: Streams
) -> None:
    notes: list[str] = []
    outputs = Outputs({"kept": Kept}, streams, notes.append)
    outputs.take(wanted(ring, "one"))
    for value in (13, 7, 13, 8):
        ring.write(plain(value))
        until_got(value)
    outputs.close()
    assert notes == ["thirteen is not taken"]


def test_an_output_that_fails_anew_at_each_picture_tells_a_few_of_them(
    ring: PictureRing, streams: Streams
) -> None:
    class Failing(Kept):
        def send(self, pixels: np.ndarray) -> None:
            super().send(pixels)
            raise RuntimeError(f"value {pixels[0, 0, 0]}")

    notes: list[str] = []
    now = [0.0]
    outputs = Outputs({"failing": Failing}, streams, notes.append, clock=lambda: now[0])
    outputs.take(wanted(ring, "one", kind="failing"))
    for value in range(100, 140):
        ring.write(plain(value))
        until_got(value)
    now[0] = 10.0
    ring.write(plain(200))
    until(lambda: "value 200" in notes)
    outputs.close()
    assert notes == [*(f"value {n}" for n in range(100, 105)), "value 200"]


def test_streams_that_nothing_shows_are_let_go_of(ring: PictureRing) -> None:
    guards: list[weakref.ref[FlashGuard]] = []

    def guard(name: str) -> FlashGuard:
        made = FlashGuard()
        guards.append(weakref.ref(made))
        return made

    with running(guard) as streams:
        outputs = Outputs({"kept": Kept}, streams, print)
        for _ in range(5):  # as by a set that is saved with its output and without
            Kept.made.clear()
            outputs.take(wanted(ring, "one"))
            until(lambda: Kept.made)
            outputs.take([])
            until(lambda: Kept.made[-1].closed)
            until(lambda: not any(t.name == "output one" for t in threading.enumerate()))
        outputs.take([])
        until(lambda: (gc.collect(), [made() for made in guards] == [None] * 5)[1])
        outputs.close()


def test_an_output_that_does_not_open_is_told_once_however_often_it_is_asked_for(
    ring: PictureRing,
    streams: Streams,
) -> None:
    notes: list[str] = []

    def broken(name: str) -> Kept:
        raise RuntimeError("there is none here: the set plays on")

    outputs = Outputs({"kept": broken}, streams, notes.append)
    outputs.take(wanted(ring, "one", "two"))
    until(lambda: notes)
    outputs.take([])
    outputs.take(wanted(ring, "one"))
    outputs.close()
    assert notes == ["there is none here: the set plays on"]


def test_an_unknown_kind_is_told(ring: PictureRing, streams: Streams) -> None:
    notes: list[str] = []
    Outputs({"kept": Kept}, streams, notes.append).take(wanted(ring, "one", kind="hologram"))
    assert notes == ["there is no output 'hologram' here (there is: kept)"]


def test_an_output_outlives_the_engine_and_takes_the_pictures_of_the_next(
    streams: Streams,
) -> None:
    Kept.made = []
    ring = PictureRing.create(8, 8)
    outputs = Outputs({"kept": Kept}, streams, print)
    outputs.take(wanted(ring, "one"))
    ring.write(plain(40))
    until_got(40)
    streams.engine_gone()
    if sys.platform != "win32":
        with pytest.raises(FileNotFoundError):  # the one who made it lives here, and holds it
            SharedMemory(ring.name)
    ring.close()
    before = len(Kept.made[0].got)
    until(lambda: len(Kept.made[0].got) > before + 2)  # the last picture goes on
    assert Kept.made[0].got[-1] == 40 and not Kept.made[0].closed
    with PictureRing.create(8, 8) as after:
        outputs.take(wanted(after, "one"))
        after.write(plain(80))
        until_got(80)
        assert len(Kept.made) == 1 and not Kept.made[0].closed
        outputs.close()
        after.unlink()


def test_outputs_of_one_picture_show_one_stream_and_part_when_the_set_parts_them(
    ring: PictureRing, streams: Streams
) -> None:
    outputs = Outputs({"kept": Kept}, streams, print)
    outputs.take(wanted(ring, "one", "two"))
    assert len(streams.all) == 2, "the window's and one more"
    with PictureRing.create(8, 8) as other:
        outputs.take([*wanted(ring, "one"), *wanted(other, "two")])
        assert len(streams.all) == 3
        ring.write(plain(30))
        other.write(plain(70))
        until(lambda: {k.name: k.got[-1:] for k in Kept.made} == {"one": [30], "two": [70]})
        assert len(Kept.made) == 2, "neither was opened anew"
        outputs.take(wanted(ring, "one", "two"))
        assert len(streams.all) == 2
        ring.write(plain(31))
        until(lambda: {k.name: k.got[-1:] for k in Kept.made} == {"one": [31], "two": [31]})
        outputs.close()
        other.unlink()


def test_the_safe_set_takes_no_output_its_picture(ring: PictureRing, streams: Streams) -> None:
    outputs = Outputs({"kept": Kept}, streams, print)
    outputs.take(wanted(ring, "one"))
    until(lambda: Kept.made)
    outputs.take([], safe=True)
    until(lambda: Kept.made[0].got)  # what the window shows
    assert not Kept.made[0].closed
    outputs.take([])
    until(lambda: Kept.made[0].closed)
    outputs.close()


def test_an_edited_plugin_is_opened_when_the_one_before_has_closed_and_nobody_waits(
    ring: PictureRing, streams: Streams
) -> None:
    held = threading.Event()

    class Slow(Kept):
        def close(self) -> None:
            if self is Kept.made[0]:
                held.wait(60)
            super().close()

    outputs = Outputs({"slow": Slow}, streams, print)
    (item,) = wanted(ring, "one", kind="slow")
    outputs.take([item])
    until(lambda: Kept.made)
    outputs.take([{**item, "stamp": "edited"}])  # this would hang if it waited
    assert len(Kept.made) == 1
    held.set()
    until(lambda: len(Kept.made) == 2)
    assert Kept.made[0].closed
    outputs.close()


def test_an_output_says_in_which_format_it_wants_its_pictures(
    ring: PictureRing, streams: Streams
) -> None:
    shapes: list[tuple[int, ...]] = []

    class Bgra(Kept):
        format = Format("bgra", flip=True)

        def send(self, pixels: np.ndarray) -> None:
            shapes.append((*pixels.shape, *(int(v) for v in pixels[0, 0])))

    outputs = Outputs({"bgra": Bgra}, streams, print)
    outputs.take(wanted(ring, "one", kind="bgra"))
    picture = plain(5)
    picture[-1] = (1, 2, 3)
    ring.write(picture)
    until(lambda: shapes)
    assert shapes[0] == (4, 4, 4, 3, 2, 1, 255)
    outputs.close()


def test_spout_is_among_what_can_be_opened() -> None:
    notes: list[str] = []
    assert "spout" in openers(notes.append)
    assert notes == []
