"""What ends a show from outside: a signal, or that its time is over."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from typing import NoReturn

from livegan.stage.watchdog import StageWatchdog


@contextlib.contextmanager
def by_signals(stop: Callable[[int], None]) -> Iterator[None]:
    """Inside, Ctrl-C, SIGTERM and a closed terminal end the show in order.

    ``stop`` is called with the exit status, 128 + n for signal n, in the signal handler and, where
    the main thread hangs, on another thread: see `livegan.stage.watchdog`. Does nothing on any
    thread but the main one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [n for n in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, n)]
    numbers = [getattr(signal, name) for name in names]
    if sys.platform != "win32":
        # The tracker, which removes shared memory if all else fails, must outlive a closed
        # terminal: it is started with that signal blocked.
        before_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_SETMASK, before_mask)
    watchdog = StageWatchdog(lambda number: stop(128 + number))
    before = {n: signal.signal(n, lambda n, _: stop(128 + n)) for n in numbers}
    try:
        yield
    finally:
        main = threading.current_thread() is threading.main_thread()
        if main:  # or it hangs, and the process is about to end without it
            watchdog.close()
        for number, handler in before.items() if main else ():
            signal.signal(number, handler)


@contextlib.contextmanager
def after(seconds: float | None, stop: Callable[[], None]) -> Iterator[None]:
    """Inside, ``stop`` is called on another thread when so many seconds are over; None is never."""
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def leave(status: int) -> NoReturn:
    """End the process as Python does, but for what C libraries do last: they may wait for a window
    that does not answer any more."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
