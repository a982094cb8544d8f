"""Deadlines: code of a set that does not come back is interrupted.

In the main thread an alarm of the system does it (not on Windows): it ends loops, sleeps, reads,
and those long calls into C that look for signals, such as ``9**9**9`` or a regular expression.
In other threads :class:`Overrun` is raised by a watching thread, and Python delivers it between
bytecodes: a loop is interrupted, a call into C is not.  Such a thread is `Watchdog.stuck`: its
caller goes on without it.  What holds the interpreter lock meanwhile is ended by the stage, which
no longer sees the engine's pulse.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AGAIN_S = 0.05
"""Code that swallows the interrupt is interrupted again after so long."""
RAN, STARVED, LONGEST = 0.25, 2.5, 15.0
"""A thread that ran for less than this share of its time is given so many times as much; or so
many, where it waits for a processor."""
GRACE_S = 0.5
"""A thread this much past its deadline is in a call that does not come back."""


def pressed(error: BaseException) -> bool:
    """Whether an error is somebody's Ctrl-C. Engines and threads get none: there code raised it."""
    return (
        isinstance(error, KeyboardInterrupt)
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    )


class Overrun(BaseException):
    """Raised inside code that ran past its deadline; not an Exception, so `except` lets it by."""


@dataclass
class Watched:
    """A block of a thread that has to end in time."""

    ident: int
    began: float
    seconds: float
    native: int
    """Its number to the system."""
    clock: int | None
    """Of the processor time of the thread, where the system has one."""
    ran: float
    fired: float | None = None
    """When it was interrupted first."""

    def late(self, now: float) -> bool:
        """Whether to interrupt it.

        These threads build in the time that frames leave, so one that hardly ran is given longer:
        a busy machine is not a hung leaf.
        """
        share = (now - self.began) / self.seconds
        if share < 1 or self.clock is None or share > LONGEST:
            return share >= 1
        try:
            ran = time.clock_gettime(self.clock) - self.ran
        except OSError:  # the thread has ended
            return False
        return ran > RAN * self.seconds or (share > STARVED and not self.runs())

    def runs(self) -> bool:
        """Whether it waits for nothing but a processor (proc(5); no elsewhere than on Linux)."""
        try:
            stat = Path(f"/proc/self/task/{self.native}/stat").read_text()
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] == "R"


class Watchdog:
    """Interrupts any number of late blocks, each of a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._watched: dict[int, Watched] = {}
        self._thread: threading.Thread | None = None
        self._alarm_at: float | None = None

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raise :class:`Overrun` in this thread if the block takes longer.  Does not nest."""
        main = threading.current_thread() is threading.main_thread()
        with self._alarm(seconds) if main and sys.platform != "win32" else self._other(seconds):
            yield

    @contextmanager
    def following(self, worker: threading.Thread) -> Iterator[None]:
        """Inside, this thread waits for ``worker``: how much that one runs says whether it is late.

        It is this thread that is interrupted, and interrupts the other.
        """
        with self._lock:
            watched = self._watched.get(threading.get_ident())
        if watched is None or watched.clock is None or worker.ident is None:
            yield
            return
        mine = watched.clock, watched.native, watched.ran
        clock = time.pthread_getcpuclockid(worker.ident)
        began = time.clock_gettime(clock)
        before = time.thread_time() - watched.ran
        with self._lock:
            watched.clock, watched.native = clock, worker.native_id or 0
            watched.ran = began - before
        try:
            yield
        finally:
            with contextlib.suppress(OSError), self._lock:
                ran = time.clock_gettime(clock) - began
                watched.clock, watched.native = mine[:2]
                watched.ran = mine[2] - ran

    def stuck(self, ident: int) -> bool:
        """Whether a thread is past its deadline, in a call that the interrupt cannot end."""
        with self._lock:
            watched = self._watched.get(ident)
        fired = watched.fired if watched is not None else None
        return fired is not None and time.monotonic() > fired + GRACE_S

    # The main thread -----------------------------------------------------------------------------

    @contextmanager
    def _alarm(self, seconds: float) -> Iterator[None]:
        began = time.monotonic()
        before = signal.signal(signal.SIGALRM, self._ring)
        left, every = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
        self._alarm_at = began + seconds
        try:
            yield
        finally:
            # An alarm may ring here, in the middle of tidying up: then tidy up again.
            while True:
                try:
                    self._alarm_at = None
                    # Someone else's alarm, such as a test's, goes on where it was.
                    rest = max(0.001, left - (time.monotonic() - began)) if left else 0.0
                    signal.setitimer(signal.ITIMER_REAL, rest, every)
                    signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)
                    break
                except Overrun:
                    continue

    def _ring(self, number: int, frame: Any) -> None:
        # One that was on its way when the block ended finds no deadline any more.
        if self._alarm_at is not None and time.monotonic() >= self._alarm_at - 0.001:
            raise Overrun

    # Other threads -------------------------------------------------------------------------------

    @contextmanager
    def _other(self, seconds: float) -> Iterator[None]:
        ident = threading.get_ident()
        clock, ran = None, 0.0
        if hasattr(time, "pthread_getcpuclockid"):
            clock, ran = time.pthread_getcpuclockid(ident), time.thread_time()
        with self._lock:
            self._watched[ident] = Watched(
                ident, time.monotonic(), seconds, threading.get_native_id(), clock, ran
            )
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            self._lock.notify()
        try:
            yield
        finally:
            self._clear(ident)

    def _clear(self, ident: int) -> None:
        # A second interrupt may land here, in the middle of tidying up: then tidy up again.
        while True:
            try:
                with self._lock:
                    watched = self._watched.pop(ident, None)
                    if watched is not None and watched.fired is not None:
                        interrupt(ident, None)
                return
            except Overrun:
                continue

    def _watch(self) -> None:
        while True:
            with self._lock:
                if not self._watched:
                    self._lock.wait()
                now = time.monotonic()
                for watched in self._watched.values():
                    if watched.fired is not None or watched.late(now):
                        watched.fired = watched.fired or now
                        interrupt(watched.ident, Overrun)
            time.sleep(AGAIN_S)


def interrupt(ident: int, kind: type[BaseException] | None) -> None:
    """Raise an exception in a thread as soon as it runs Python again; None takes it back."""
    error = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), error)


watchdog = Watchdog()


@contextmanager
def last_resort(seconds: float) -> Iterator[None]:
    """End this process, with the place on stderr, where something holds the interpreter so long.

    For a rehearsal, which no stage watches.  A thread of C's waits, and is put off by one of
    Python's as long as that runs.
    """
    over = threading.Event()

    def put_off() -> None:
        while not over.is_set():
            faulthandler.dump_traceback_later(seconds, exit=True, file=2)
            over.wait(1.0)
        faulthandler.cancel_dump_traceback_later()

    thread = threading.Thread(target=put_off, name="last resort", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
