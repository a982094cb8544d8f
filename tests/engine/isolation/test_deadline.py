"""Deadlines interrupt what does not come back, and nothing else."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from livegan.engine.isolation.deadline import Overrun, watchdog

unix = pytest.mark.skipif(sys.platform == "win32", reason="there are no alarms")


def loop() -> None:
    while True:
        pass


def in_a_thread(do: Callable[[], Any]) -> Any:
    """What a call does in a thread of its own."""
    found: list[Any] = []

    def catch() -> None:
        try:
            found.append(do())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=catch)
    thread.start()
    thread.join()
    return found[0]


def limited(do: Callable[[], Any], seconds: float = 0.1) -> Any:
    with watchdog.limit(seconds):
        return do()


def test_a_loop_is_interrupted() -> None:
    with pytest.raises(Overrun):
        limited(loop)
    assert isinstance(in_a_thread(lambda: limited(loop)), Overrun)


@unix
@pytest.mark.parametrize(
    "call",
    [
        lambda: time.sleep(1000),
        lambda: 9**9**9,
        lambda: re.match("(a+)+b", "a" * 60),
        lambda: threading.Lock().acquire() and threading.Event().wait(),
        lambda: os.read(os.pipe()[0], 1),
    ],
    ids=["sleep", "power", "regular expression", "wait", "read"],
)
def test_calls_into_c_are_interrupted_in_the_main_thread(call: Callable[[], Any]) -> None:
    with pytest.raises(Overrun):
        limited(call)


def swallowing() -> None:
    began = time.monotonic()
    while time.monotonic() < began + 30:
        try:
            while True:
                pass
        except BaseException:
            if time.monotonic() > began + 0.5:
                raise


def test_a_loop_that_swallows_everything_is_interrupted_all_the_same() -> None:
    with pytest.raises(Overrun):
        limited(swallowing)
    assert isinstance(in_a_thread(lambda: limited(swallowing)), Overrun)


def test_what_is_in_time_is_left_alone() -> None:
    for _ in range(50):
        limited(lambda: None, 5)
    time.sleep(0.1)


def just_in_time() -> None:
    for _ in range(10):
        try:
            with watchdog.limit(0.05):
                time.sleep(0.049)
        except Overrun:
            pass
        for _ in range(1000):
            pass


def test_nothing_is_raised_after_the_block() -> None:
    just_in_time()
    assert in_a_thread(just_in_time) is None


@unix
def test_an_alarm_that_was_set_before_goes_on_afterwards() -> None:
    before = signal.getitimer(signal.ITIMER_REAL)
    handler = signal.getsignal(signal.SIGALRM)
    rung: list[int] = []
    signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 1000)
    try:
        limited(lambda: None, 5)
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 900 < left <= 1000
        signal.raise_signal(signal.SIGALRM)
        assert rung == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, handler)


def test_a_thread_in_a_call_that_cannot_be_ended_is_stuck() -> None:
    over = threading.Event()
    thread = threading.Thread(target=lambda: in_a_thread_limited(over))
    thread.start()
    ident = thread.ident or 0
    assert not watchdog.stuck(ident)
    while not watchdog.stuck(ident):
        time.sleep(0.01)
    over.set()
    thread.join()
    assert not watchdog.stuck(ident)


def in_a_thread_limited(over: threading.Event) -> None:
    with contextlib.suppress(Overrun):
        limited(over.wait)


HOLDS = """
import ctypes
from livegan.engine.isolation.deadline import last_resort
def leaf():
    ctypes.PyDLL(None).sleep(600)
with last_resort(1.0):
    leaf()
"""


@unix
def test_what_holds_the_interpreter_ends_a_rehearsal_and_says_where() -> None:
    done = subprocess.run([sys.executable, "-c", HOLDS], capture_output=True, text=True)
    assert done.returncode == 1
    assert "line 5 in leaf" in done.stderr
