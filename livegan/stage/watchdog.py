"""The watchdog: a show that is to end ends, even if the stage's own thread hangs.

A window that waits for ever for the X server holds the main thread, and often the interpreter with
it: then neither Python's signal handlers nor any other thread runs. So a small process beside the
stage hears of the signals (Python's C handler writes each to a pipe, whatever the interpreter does)
and kills a stage that does not answer. (Not on Windows: there is no X server there.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

PATIENCE = 10.0
"""Seconds from a signal until the stage's own thread has left its loop, or is given up."""
CLOSING = 40.0
"""Seconds from then on for all the rest; more than any part of the stage waits for."""

PROCESS = """
import os, select, signal, sys, time
patience, closing, parent = float(sys.argv[1]), float(sys.argv[2]), os.getppid()
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
def wait(seconds, wanted):
    end = time.monotonic() + seconds
    while True:
        if not select.select([0], [], [], max(0.0, end - time.monotonic()))[0]:
            if os.getppid() == parent:
                os.kill(parent, signal.SIGKILL)
            os._exit(0)
        byte = os.read(0, 1)
        if not byte:
            os._exit(0)
        if byte == wanted:
            return
number = os.read(0, 1)
if number:
    os.write(1, number)
    wait(patience, bytes(1))
    wait(closing, None)
"""
"""Reads the number of the first signal, hands it back, and then wants to see, in time, a zero from
the thread that sees to it and at last the end of the pipe: the stage is gone."""


class StageWatchdog:
    """Hears of signals in the stage's place. Made and closed on the main thread."""

    def __init__(
        self, stop: Callable[[int], None], patience: float = PATIENCE, closing: float = CLOSING
    ) -> None:
        """``stop`` is called with the number of a signal, on a thread of its own."""
        self._process: subprocess.Popen[bytes] | None = None
        self._stop = stop
        if sys.platform == "win32":
            return
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", PROCESS, str(patience), str(closing)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is not for it
            )
        if self._process is None:  # no process to be had: handlers alone must do
            return
        assert self._process.stdin is not None
        self._pipe = self._process.stdin.fileno()
        os.set_blocking(self._pipe, False)
        self._before = signal.set_wakeup_fd(self._pipe, warn_on_full_buffer=False)
        heard = self._process.stdout
        assert heard is not None
        self._thread = threading.Thread(
            target=self._hear, args=(heard,), name="watchdog", daemon=True
        )
        self._thread.start()

    def _hear(self, heard: IO[bytes]) -> None:
        number = heard.read(1)
        if number:
            with contextlib.suppress(OSError):
                os.write(self._pipe, b"\0")
            self._stop(number[0])

    def close(self) -> None:
        """Hear no more; the process ends. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ValueError):
            signal.set_wakeup_fd(self._before)
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.wait()
        self._thread.join()
        process.stdout.close()
