"""Objects of classes that sets and plugins wrote, held while a program may use them.

A class may have ``close()``: it is called once no program is left that has the object, neither the
one that plays nor one that ``undo`` could bring back.
"""

from __future__ import annotations

import logging
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any

CLOSING_S = 2.0
"""How long all objects together may take to be closed as the engine ends."""

_closing: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
_open: dict[int, weakref.finalize[Any, Any]] = {}
_thread: threading.Thread | None = None


class Held:
    """An object, closed on a thread of its own when this goes."""

    def __init__(self, made: Any) -> None:
        self.object = made
        close = getattr(made, "close", None)
        if callable(close):
            finalize = weakref.finalize(self, _close_later, id(self), close)
            finalize.atexit = False
            _open[id(self)] = finalize


def _close_later(key: int, close: Callable[[], Any]) -> None:
    # What drops the last program may be the thread that draws: it must not wait.
    global _thread
    _open.pop(key, None)
    _closing.put(close)
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_close_all, name="closing", daemon=True)
        _thread.start()


def _close_all() -> None:
    while True:
        close = _closing.get()
        try:
            close()
        except BaseException as error:
            logging.getLogger("livegan").info("close() of %r: %s", close, error)


def let_go() -> None:
    """Close what is still open, as the engine ends; gives up after a while."""
    for finalize in list(_open.values()):
        finalize()
    thread, done = _thread, threading.Event()
    if thread is not None:
        _closing.put(done.set)
        done.wait(CLOSING_S)
