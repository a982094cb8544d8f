"""Objects of classes that sets and plugins wrote, held while a program may use them.

A class may have ``close()``: it is called once no program is left that has the object, neither the
one that plays nor one that ``undo`` could bring back.  What such code does as its object goes, in
``close()`` or ``__del__``, it does on the thread that the object was made on: pictures and saves do
not wait for it.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from livegan.engine.isolation.own_thread import ObjectThread, OwnThread
from livegan.operation.feeding import HandedSound
from livegan.plugin.guard import said

CLOSING_S = 2.0
"""How long all objects together may take to be closed as the engine ends."""
PATIENCE_S = 10.0
"""How long what was retired may still be in use, such as by the frame that is being drawn."""
LETTING_S = 1.0
"""How long whoever dropped an object may take until it is out of its hands."""

T = TypeVar("T")


class OwnedObject:
    """An object of a class.

    One that livegan did not write has a thread of its own, on which it is made, called and closed.
    """

    def __init__(self, make: Callable[..., Any], values: dict[str, Any], name: str) -> None:
        """``make(**values)`` is the object; ``name`` is its thread's."""
        self.last = 0.0
        """Of a signal: its newest value."""
        self.feed = HandedSound()
        """What it was handed of the sound, if it is fed."""
        self.thread: OwnThread | None = None
        job = partial(make, **values)
        if make.__module__.startswith("livegan."):
            self.object = job()
            return
        thread = self.thread = OwnThread(name)
        try:
            self.object = thread.call(job)
        except BaseException:
            thread.end(bool)
            raise
        # The last job has the object too: whoever drops this is not the last to have it.
        self._finalize = weakref.finalize(self, thread.end, partial(_close, [self.object]))
        self._finalize.atexit = False
        _alive.add(self)

    def end(self) -> None:
        """Close it now, and wait for that: for tests, where nothing else uses it.

        It has no object afterwards.
        """
        if self.thread is not None:
            self.object = None  # Else its thread waits LETTING_S for this to let go of it.
            self._finalize()
            self.thread.join(CLOSING_S)

    def run(self, job: Callable[[], T]) -> T:
        """What a job returns that uses the object, on the object's thread."""
        return job() if self.thread is None else self.thread.call(job)


_alive: weakref.WeakSet[OwnedObject] = weakref.WeakSet()


def retire(*things: Any) -> None:
    """Drop what has objects of sets in it, such as programs, when nobody uses it any more; for the
    thread that draws, which must not be the last to have it."""
    for thing in things:
        threading.Thread(target=_drop, args=([thing],), name="closing", daemon=True).start()


def let_go() -> None:
    """Close what is still open, as the engine ends; gives up after a while."""
    for owned in list(_alive):
        owned._finalize()
    end = time.monotonic() + CLOSING_S
    for thread in threading.enumerate():
        if isinstance(thread, ObjectThread):
            thread.join(max(0.0, end - time.monotonic()))


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
