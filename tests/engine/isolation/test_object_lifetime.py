"""What sets' objects do as they go, they do on a thread of their own: no picture waits for it."""

from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livegan.engine.isolation.object_lifetime import OwnedObject, let_go, retire
from tests.engine import gate
from tests.engine.playing import Show

THREAD = "encoder Bars"
"""The name of the thread that such an object is made, drawn and closed on."""
LEAF = """
from livegan.live import *
import threading
import tests.engine.gate as gate
settings(swap="now", dissolve=0)
gone = gate.GONE

@encoder
class Bars:
    "Bars, number {number}."
    def __init__(self):
        {made}
    def draw(self, sound, *, size):
        return skyline(sound.peaks(size[1], 4.0), size)
    def {going}(self):
        gone.append(({number}, threading.current_thread().name))
        {last}

show(Bars(listen()))
"""


def leaf(number: int, going: str = "__del__", last: str = "pass", made: str = "pass") -> str:
    return LEAF.format(number=number, going=going, last=last, made=made)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    gate.OPEN.clear()
    gate.GONE = []  # objects of other tests go when they like
    show = Show(tmp_path, leaf(0), size=32)
    yield show
    gate.OPEN.set()
    show.player.close()


def on_air(show: Show, text: str) -> None:
    commit = show.save(text)
    assert commit is not None and commit.status == "cued", commit.reason
    show.play(0.08)
    assert commit.status == "on_air"


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 12
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_pictures_go_on_while_an_object_that_nothing_can_bring_back_takes_its_time(
    show: Show,
) -> None:
    for number in range(7):  # five can be undone, one plays
        on_air(show, leaf(number, last="gate.OPEN.wait(60)"))
    until(lambda: gate.GONE)
    assert len(show.play(0.4)) == 10
    on_air(show, leaf(7))
    until(lambda: len(gate.GONE) == 2)
    assert gate.GONE == [(0, THREAD), (1, THREAD)], "neither waits for the other"


@pytest.mark.parametrize("going", ["__del__", "close"])
def test_what_is_undone_or_rolled_back_or_superseded_goes_there_too(show: Show, going: str) -> None:
    on_air(show, leaf(0, going))
    on_air(show, leaf(1, going))
    show.pipeline.undo()
    show.play(0.08)
    until(lambda: gate.GONE == [(1, THREAD)])
    show.save(leaf(2, going))
    show.pipeline.undo()  # before it was on the air
    show.play(0.08)
    until(lambda: gate.GONE[1:] == [(2, THREAD)])
    show.save(leaf(3, going))
    show.play(0.08)
    show.save(leaf(4, going))
    commit = show.save(leaf(5, going))  # in place of 4
    assert commit is not None and commit.status == "cued", commit.reason
    until(lambda: gate.GONE[2:] == [(4, THREAD)])
    show.play(0.08)
    on_air(show, leaf(6, going).replace("return sky", "1 / (sound.position < 200000); return sky"))
    show.play(2)
    assert show.player.program is not None and "number 5" in show.player.program.script.text
    until(lambda: gate.GONE[3:] == [(6, THREAD)])


def test_what_was_made_for_a_save_that_is_refused_goes_there_too(show: Show) -> None:
    on_air(show, leaf(0))
    commit = show.save(leaf(1).replace("return sky", "1 / 0; return sky"))
    assert commit is not None and commit.status == "refused"
    until(lambda: gate.GONE == [(1, THREAD)])


def test_what_refers_to_itself_goes_there_too(show: Show) -> None:
    gc.disable()
    try:
        for number in range(7):
            on_air(show, leaf(number, made="self.me = self"))
        until(lambda: gate.GONE == [(0, THREAD)])
    finally:
        gc.enable()


def test_what_a_frame_still_uses_is_dropped_after_it() -> None:
    class Thing:
        pass

    mine = Thing()
    left = weakref.ref(mine)
    retire(mine)
    retire(Thing())
    time.sleep(0.1)
    assert left() is mine
    del mine
    until(lambda: left() is None)


def test_one_that_never_ends_does_not_keep_the_others() -> None:
    began, opened, ended = threading.Event(), threading.Event(), threading.Event()

    class Stuck:
        def close(self) -> None:
            began.set()
            opened.wait(60)

    class Fine:
        def close(self) -> None:
            ended.set()

    del_held(OwnedObject(Stuck, {}, "stuck"))
    assert began.wait(60)
    del_held(OwnedObject(Fine, {}, "fine"))
    assert ended.wait(60)
    opened.set()


def del_held(one: OwnedObject) -> None:
    del one


def test_a_close_that_fails_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def close(self) -> None:
            raise OSError("the port is gone")

    with caplog.at_level(logging.INFO, "livegan"):
        kept = OwnedObject(Broken, {}, "broken")
        let_go()
        assert "the port is gone" in caplog.text
    del kept
