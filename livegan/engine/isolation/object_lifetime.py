"""Objects of classes that sets and plugins wrote, held while a program may use them.

A class may have ``close()``: it is called once no program is left that has the object, neither the
one that plays nor one that ``undo`` could bring back.  What such code does as its object goes, in
``close()`` or ``__del__``, it does on the thread that the object was made on: pictures and saves do
not wait for it.
"""

from __future__ import annotations

import gc
import logging
import queue
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from livegan.engine.isolation.own_thread import OwnThread
from livegan.operation.feeding import Feed
from livegan.plugin.guard import said

CLOSING_S = 2.0
"""How long all objects together may take to be closed as the engine ends."""
PATIENCE_S = 10.0
"""How long what was retired may still be in use, such as by the frame that is being drawn."""
LETTING_S = 1.0
"""How long whoever dropped an object may take until it is out of its hands."""
STUCK_S = 15.0
"""A thread that is at one object for so long is left to it, and another does the rest."""

T = TypeVar("T")
Job = Callable[[], Any]


class OwnedObject:
    """An object, closed and dropped on another thread when this goes.

    ``thread`` is the one that it was made on, where it has one of its own: see :meth:`made`.
    """

    def __init__(self, made: Any, thread: OwnThread | None = None) -> None:
        self.object = made
        self.last = 0.0
        """Of a signal: its newest value."""
        self.feed = Feed()
        """What it was handed of the sound, if it is fed."""
        self.thread = thread
        # The finalizer has the object too: whoever drops this is not the last to have it.
        finalize = weakref.finalize(self, _end, id(self), made, thread)
        finalize.atexit = False
        self._finalize = finalize
        if callable(getattr(made, "close", None)):
            _open[id(self)] = finalize

    @classmethod
    def made(cls, make: Callable[..., Any], values: dict[str, Any], name: str) -> OwnedObject:
        """An object of a class: one that livegan did not write has a thread of its own."""
        if make.__module__.startswith("livegan."):
            return cls(make(**values))
        thread = OwnThread(name)
        try:
            return cls(thread.call(partial(make, **values)), thread)
        except BaseException:
            thread.end(bool)
            raise

    def end(self) -> None:
        """Close it now, and wait for that: for tests, where nothing else uses it."""
        self._finalize()
        if self.thread is not None:
            self.thread.join(CLOSING_S)

    def run(self, job: Callable[[], T]) -> T:
        """What a job returns that uses the object, on the object's thread."""
        return job() if self.thread is None else self.thread.call(job)


def retire(*things: Any) -> None:
    """Drop what has objects of sets in it, such as programs, when nobody uses it any more; for the
    thread that draws, which must not be the last to have it."""
    for thing in things:
        _later(partial(_drop, [thing]))


_ending: deque[weakref.ref[OwnThread]] = deque(maxlen=1000)
"""Threads that close their objects, or have."""
_open: dict[int, weakref.finalize[Any, Any]] = {}
_jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
_thread: threading.Thread | None = None
_began = 0.0


def _end(key: int, made: Any, thread: OwnThread | None) -> None:
    _open.pop(key, None)
    job = partial(_close, [made])
    if thread is None:
        _later(job)
        return
    thread.end(job)
    _ending.append(weakref.ref(thread))
    while _ending and _ending[0]() is None:
        _ending.popleft()


def _later(job: Job) -> None:
    global _thread, _began
    _jobs.put(job)
    stuck = _began and time.monotonic() - _began > STUCK_S
    if _thread is None or not _thread.is_alive() or stuck:
        _began = 0.0
        _thread = threading.Thread(target=_work, name="closing", daemon=True)
        _thread.start()


def _work() -> None:
    global _began
    while _thread is threading.current_thread():
        job = _jobs.get()
        _began = time.monotonic()
        job()
        del job
        if _thread is threading.current_thread():
            _began = 0.0


def _close(box: list[Any]) -> None:
    try:
        _call_close(box[0])
    except BaseException as error:
        logging.getLogger("livegan").info("close() of a %s: %s", type(box[0]), said(error))
    try:
        left = weakref.ref(box[0]) if hasattr(type(box[0]), "__del__") else None
    except TypeError:  # a class with slots
        left = None
    _drop(box, LETTING_S)
    if left is not None and left() is not None:
        gc.collect()  # It refers to itself: else it ends in whichever thread collects next.


def _call_close(made: Any) -> None:
    close = getattr(made, "close", None)
    if callable(close):
        close()


def _drop(box: list[Any], patience_s: float = PATIENCE_S) -> None:
    """Forget what is in a box once nothing else has it, so that it ends here."""
    give_up = time.monotonic() + patience_s
    while sys.getrefcount(box[0]) > 2 and time.monotonic() < give_up:
        time.sleep(0.02)
    box.clear()


def let_go() -> None:
    """Close what is still open, as the engine ends; gives up after a while."""
    for finalize in list(_open.values()):
        finalize()
    thread, done = _thread, threading.Event()
    end = time.monotonic() + CLOSING_S
    if thread is not None:
        _later(done.set)
        done.wait(CLOSING_S)
    for ending in [reference() for reference in list(_ending)]:
        if ending is not None:
            ending.join(max(0.0, end - time.monotonic()))
