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


def plain(value: int) -> np.ndarray:
    return np.full((4, 4, 3), value, np.uint8)


def wanted(ring: PictureRing, *names: str, kind: str = "kept") -> list[dict[str, Any]]:
    return [{"name": name, "kind": kind, "ring": ring.name} for name in names]


def test_each_output_has_one_thread_of_its_own(ring: PictureRing) -> None:
    outputs = Outputs({"kept": Kept}, print)
    outputs.take(wanted(ring, "one", "two"))
    ring.write(plain(5))
    until(lambda: len(Kept.made) == 2 and all(k.got == [5] for k in Kept.made))
    outputs.close()
    until(lambda: all(k.closed for k in Kept.made))
    assert all(len(k.threads) == 1 for k in Kept.made)
    assert Kept.made[0].threads.isdisjoint({*Kept.made[1].threads, threading.get_ident()})


def test_the_same_message_again_changes_nothing_and_what_vanished_is_closed(
    ring: PictureRing,
) -> None:
    outputs = Outputs({"kept": Kept}, print)
    outputs.take(wanted(ring, "one", "two"))
    until(lambda: len(Kept.made) == 2)
    outputs.take(wanted(ring, "two"))
    until(lambda: [k.closed for k in sorted(Kept.made, key=lambda k: k.name)] == [True, False])
    assert len(Kept.made) == 2
    outputs.close()


def test_a_failed_picture_is_told_once_and_the_next_is_sent(ring: PictureRing) -> None:
    notes: list[str] = []
    outputs = Outputs({"kept": Kept}, notes.append)
    outputs.take(wanted(ring, "one"))
    for value in (13, 7, 13, 8):
        ring.write(plain(value))
        until_got(value)
    outputs.close()
    assert notes == ["thirteen is not taken"]


def test_an_output_that_fails_anew_at_each_picture_tells_a_few_of_them(ring: PictureRing) -> None:
    class Failing(Kept):
        def send(self, pixels: np.ndarray) -> None:
            super().send(pixels)
            raise RuntimeError(f"value {pixels[0, 0, 0]}")

    notes: list[str] = []
    now = [0.0]
    outputs = Outputs({"failing": Failing}, notes.append, clock=lambda: now[0])
    outputs.take(wanted(ring, "one", kind="failing"))
    for value in range(100, 140):
        ring.write(plain(value))
        until_got(value)
    now[0] = 10.0
    ring.write(plain(200))
    until(lambda: "value 200" in notes)
    outputs.close()
    assert notes == [*(f"value {n}" for n in range(100, 105)), "value 200"]


def test_outputs_that_ended_are_let_go_of(ring: PictureRing) -> None:
    guards: list[weakref.ref[FlashGuard]] = []

    def guard(name: str) -> FlashGuard:
        made = FlashGuard()
        guards.append(weakref.ref(made))
        return made

    outputs = Outputs({"kept": Kept}, print, guard)
    for _ in range(5):  # as each engine that dies and comes back
        Kept.made.clear()
        outputs.take(wanted(ring, "one"))
        until(lambda: Kept.made)
        outputs.take([])
        until(lambda: Kept.made[-1].closed)
        until(lambda: not any(t.name == "output one" for t in threading.enumerate()))
    outputs.take([])
    gc.collect()
    assert [made() for made in guards] == [None] * 5
    outputs.close()


def test_an_output_that_does_not_open_is_told_once_however_often_it_is_asked_for(
    ring: PictureRing,
) -> None:
    notes: list[str] = []

    def broken(name: str) -> Kept:
        raise RuntimeError("there is none here: the set plays on")

    outputs = Outputs({"kept": broken}, notes.append)
    outputs.take(wanted(ring, "one", "two"))
    until(lambda: notes)
    outputs.take([])
    outputs.take(wanted(ring, "one"))
    outputs.close()
    assert notes == ["there is none here: the set plays on"]


def test_an_unknown_kind_is_told(ring: PictureRing) -> None:
    notes: list[str] = []
    Outputs({"kept": Kept}, notes.append).take(wanted(ring, "one", kind="hologram"))
    assert notes == ["there is no output 'hologram' here (there is: kept)"]


def test_the_rings_of_a_dead_engine_are_removed() -> None:
    Kept.made = []
    ring = PictureRing.create(8, 8)
    outputs = Outputs({"kept": Kept}, print)
    outputs.take(wanted(ring, "one"))
    until(lambda: Kept.made)
    outputs.engine_gone()
    until(lambda: Kept.made[0].closed)
    if sys.platform != "win32":
        with pytest.raises(FileNotFoundError):  # the one who made it lives here, and holds it
            SharedMemory(ring.name)
    ring.close()


def test_spout_is_among_what_can_be_opened() -> None:
    notes: list[str] = []
    assert "spout" in openers(notes.append)
    assert notes == []
