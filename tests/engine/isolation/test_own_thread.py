"""An object of a set or plugin is made, called and closed on one thread of its own."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from livegan.engine.isolation.deadline import Overrun, watchdog
from livegan.engine.isolation.object_lifetime import OwnedObject, let_go
from livegan.engine.isolation.own_thread import OwnThread


@pytest.fixture
def thread() -> Iterator[OwnThread]:
    made = OwnThread("mixer glow")
    yield made
    made.end(bool)


def elsewhere(call: Callable[[], Any]) -> Any:
    """What a call returns or raises on another thread than the main one."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(call())
        except BaseException as error:
            found.append(error)

    other = threading.Thread(target=work)
    other.start()
    other.join(60)
    return found[0]


def used_by_two(held: OwnedObject) -> OwnThread:
    """Its thread, after which nobody has it any more."""
    held.run(held.object.mix)
    elsewhere(lambda: held.run(held.object.mix))
    assert held.thread is not None
    return held.thread


def test_all_of_an_object_happens_on_its_thread_whoever_calls() -> None:
    seen: list[int] = []

    class Glow:
        def __init__(self) -> None:
            seen.append(threading.get_ident())

        def mix(self) -> None:
            seen.append(threading.get_ident())

        def close(self) -> None:
            seen.append(threading.get_ident())

    thread = used_by_two(elsewhere(lambda: OwnedObject(Glow, {}, "mixer glow")))
    thread.join(60)
    assert len(seen) == 4 and len(set(seen)) == 1
    assert seen[0] != threading.get_ident()


def test_what_is_raised_there_is_raised_here_with_its_line(thread: OwnThread) -> None:
    def job() -> None:
        raise ValueError("no light")

    with pytest.raises(ValueError, match="no light") as raised:
        thread.call(job)
    assert raised.traceback[-1].name == "job"
    assert thread.call(lambda: 2) == 2
    with pytest.raises(RuntimeError, match="it raises KeyboardInterrupt"):
        thread.call(lambda: (_ for _ in ()).throw(KeyboardInterrupt))


def test_a_class_that_cannot_be_made_leaves_no_thread() -> None:
    class Broken:
        def __init__(self) -> None:
            raise OSError("no device")

    with pytest.raises(OSError, match="no device"):
        OwnedObject(Broken, {}, "broken one")
    end = time.monotonic() + 60
    while any(t.name == "broken one" for t in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_frames_are_drawn_there_as_they_are_here(thread: OwnThread) -> None:
    with torch.inference_mode():
        assert thread.call(torch.is_inference_mode_enabled)
    assert not thread.call(torch.is_inference_mode_enabled)


def test_it_keeps_nothing_of_a_call(thread: OwnThread) -> None:
    class Picture:
        pass

    def draw() -> weakref.ref[Picture]:
        picture = Picture()
        assert thread.call(lambda: picture) is picture
        with pytest.raises(ValueError, match="no light"):
            thread.call(lambda: raising(picture))
        return weakref.ref(picture)

    def raising(picture: Picture) -> None:
        raise ValueError("no light")

    left = draw()
    thread.call(bool)
    assert left() is None


def loop() -> None:
    while True:
        pass


@pytest.mark.parametrize("caller", [lambda call: call(), elsewhere], ids=["main", "other"])
def test_a_call_that_is_late_is_interrupted_at_its_line(
    thread: OwnThread, caller: Callable[[Callable[[], Any]], Any]
) -> None:
    def late() -> Any:
        try:
            with watchdog.limit(0.2):
                thread.call(loop)
        except Overrun as error:
            return error

    error = caller(late)
    assert isinstance(error, Overrun)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    assert trace is not None and trace.tb_frame.f_code.co_name == "loop"
    assert thread.call(lambda: 3) == 3, "and the thread goes on"


@pytest.mark.parametrize("caller", [lambda call: call(), elsewhere], ids=["main", "other"])
def test_a_call_that_does_not_leave_is_given_up(
    thread: OwnThread, caller: Callable[[Callable[[], Any]], Any]
) -> None:
    gate = threading.Lock()
    gate.acquire()

    def late() -> Any:
        try:
            with watchdog.limit(0.2):
                thread.call(gate.acquire)  # in C: nothing interrupts it
        except Overrun as error:
            return error

    assert isinstance(caller(late), Overrun)
    with pytest.raises(Overrun):
        thread.call(lambda: 3)
    gate.release()
    end = time.monotonic() + 60
    while True:
        try:
            assert thread.call(lambda: 3) == 3, "once it came back it is used again"
            break
        except Overrun:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_as_the_engine_ends_every_close_is_waited_for() -> None:
    closed = []

    class Slow:
        def close(self) -> None:
            time.sleep(0.3)
            closed.append(self)

    kept = [OwnedObject(Slow, {}, "slow") for _ in range(3)]
    let_go()
    assert len(closed) == 3
    del kept
