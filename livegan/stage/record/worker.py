"""A thread for one kind of slow work: whoever gives it something to do goes on at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Worker(Generic[T]):
    """Does one thing after the other, in the order in which they were given, from any thread.

    ``logging.handlers.QueueListener`` is the same for log records, but it waits without limit for
    its thread at the end, and a show must end although a disk does not answer.
    """

    def __init__(
        self,
        name: str,
        do: Callable[[T], object],
        *,
        failed: Callable[[Exception], object] = lambda error: None,
        idle: Callable[[], object] = lambda: None,
        every: float | None = None,
    ) -> None:
        """``do`` is called with each thing, and ``failed`` with its error. ``idle`` is called when
        nothing was given for ``every`` seconds."""
        self._do, self._failed, self._idle, self._every = do, failed, idle, every
        self._given: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def give(self, thing: T) -> None:
        """Have this done, soon."""
        self._given.put(thing)

    @property
    def waiting(self) -> int:
        """How many things wait."""
        return self._given.qsize()

    def skip(self, count: int) -> None:
        """Leave out so many of those that wait longest; for ``do``."""
        for _ in range(count):
            self._given.get_nowait()

    def close(self, seconds: float) -> bool:
        """Do what waits, and end. Whether that was done within so many seconds."""
        self._given.put(None)
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            try:
                thing = self._given.get(timeout=self._every)
                if thing is None:
                    return
                self._do(thing)
            except queue.Empty:
                self._idle()
            except Exception as error:  # what fails must end neither this thread nor the show
                self._failed(error)
