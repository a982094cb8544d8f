"""Deadlines: code of a set that does not come back is interrupted.

A watching thread raises :class:`Overrun` inside the late thread.  Python delivers it between
bytecodes, so a loop is interrupted; a call into C that never returns is not, and then the stage,
which no longer hears from the engine, replaces it.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Overrun(BaseException):
    """Raised inside code that ran past its deadline; not an Exception, so `except` lets it by."""


class Watchdog:
    """One thread that interrupts any number of late blocks."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._watched: dict[int, float] = {}
        self._fired: set[int] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raise :class:`Overrun` in this thread if the block takes longer.  Does not nest."""
        ident = threading.get_ident()
        with self._lock:
            self._watched[ident] = time.monotonic() + seconds
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
                    self._watched.pop(ident, None)
                    if ident in self._fired:
                        self._fired.discard(ident)
                        _raise_in(ident, None)
                return
            except Overrun:
                continue

    def _watch(self) -> None:
        while True:
            with self._lock:
                if not self._watched:
                    self._lock.wait()
                now = time.monotonic()
                for ident, due in self._watched.items():
                    if now >= due:
                        self._fired.add(ident)
                        _raise_in(ident, Overrun)
            time.sleep(0.05)


def _raise_in(ident: int, kind: type[BaseException] | None) -> None:
    error = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), error)


watchdog = Watchdog()
