"""A show whose own thread hangs still ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")

PROGRAM = """
import ctypes, os, signal, sys, threading, time
from livegan.stage import ending, watchdog
real = watchdog.StageWatchdog
ending.StageWatchdog = lambda stop: real(stop, patience=2.0, closing=float(sys.argv[2]))
stopped = threading.Event()
def stop(status):
    print("told", status, flush=True)
    stopped.set()
def thread():
    stopped.wait()
    if sys.argv[1] == "free":
        print("closed", flush=True)
        os._exit(7)
threading.Thread(target=thread, daemon=True).start()
library = ctypes.PyDLL(None) if sys.argv[1] == "locked" else ctypes.CDLL(None)
with ending.by_signals(stop):
    print("ready", flush=True)
    if sys.argv[1] == "well":
        stopped.wait()
    else:
        while True:
            library.sleep(1000)  # a signal interrupts it once
print("left", flush=True)
"""


@pytest.fixture
def run() -> Iterator[object]:
    started: list[subprocess.Popen[str]] = []

    def start(how: str, closing: float = 60.0) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, how, str(closing)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)  # until it is in the call that hangs
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_one_that_is_well_hears_of_the_signal_and_leaves(run: object) -> None:
    assert callable(run)
    process = run("well")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert "told 143" in out and out.endswith("left\n") and process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_where_the_main_thread_hangs_another_closes_in_order(
    run: object, number: signal.Signals
) -> None:
    assert callable(run)
    process = run("free")
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert f"told {128 + number}" in out and "closed" in out and process.returncode == 7


def test_where_the_interpreter_is_held_the_process_is_killed(run: object) -> None:
    assert callable(run)
    process = run("locked")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


def test_one_that_hangs_while_it_closes_is_killed(run: object) -> None:
    assert callable(run)
    process = run("stuck", 2.0)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
