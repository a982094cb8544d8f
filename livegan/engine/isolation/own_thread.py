"""A thread for one object of a class that a set or plugin wrote: made, called and closed there.

Contexts of OpenGL, COM objects, SQLite connections and event loops belong to the thread that made
them, and to one object a thread.  Saves are built and proven on one thread, frames drawn on another
and objects closed on a third, so each object has a thread of its own, on which all of it happens.
Measured in docs/decisions/plugin-threads.md.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from livegan.engine.isolation.deadline import AGAIN_S, GRACE_S, Overrun, interrupt, watchdog
from livegan.engine.isolation.given_up_imports import let_import

T = TypeVar("T")

PATIENCE_S = 0.8 * GRACE_S
"""How long code that is interrupted may take to leave: less than after which its caller is given
up."""


class Call(Generic[T]):
    """One call, and what came of it."""

    def __init__(self, job: Callable[[], T]) -> None:
        self.job: Callable[[], T] | None = job
        import torch  # a set is read without it

        self.inference = torch.is_inference_mode_enabled()
        self.done = threading.Lock()
        self.done.acquire()
        self.finished = False
        self.result: T | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Make the call, and let who waits for it go on."""
        import torch

        job, self.job = self.job, None
        assert job is not None
        try:
            with torch.inference_mode(self.inference):
                self.result = job()
        except BaseException as error:
            self.error = error

    def finish(self) -> None:
        """Let who waits for it go on."""
        self.finished = True
        self.done.release()

    def outcome(self) -> T:
        """What it returned; raises what it raised, with the lines it came through."""
        error, self.error = self.error, None
        try:
            if isinstance(error, (KeyboardInterrupt, GeneratorExit)):  # nobody pressed a key there
                told = RuntimeError(f"it raises {type(error).__name__}")
                raise told.with_traceback(error.__traceback__)
            if error is not None:
                raise error
        finally:
            del error  # its lines lead back here, and would keep the object
        return self.result  # type: ignore[return-value]


class ObjectThread(threading.Thread):
    """One that livegan started for an object: not one that a set left running."""


class OwnThread:
    """A thread that makes calls one after the other, in the order they are asked for."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Call[Any] | None] = queue.SimpleQueue()
        self._current: Call[Any] | None = None
        self._lost: Call[Any] | None = None
        self._lock = threading.Lock()
        self._thread = ObjectThread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def call(self, job: Callable[[], T]) -> T:
        """What ``job`` returns or raises, on this thread.

        The calling thread waits, and its deadline is that of the job.

        Raises
        ------
        Overrun
            If the deadline is over and the job does not leave, or one before it has not.
        """
        if threading.current_thread() is self._thread:
            return job()
        if self._lost is not None:
            if not self._lost.finished:
                raise Overrun
            self._lost = None
        call = Call(job)
        try:
            with watchdog.following(self._thread):
                self._calls.put(call)
                while not call.finished:
                    call.done.acquire(timeout=AGAIN_S)
        except Overrun:
            self._hurry(call)
        return call.outcome()

    def end(self, job: Callable[[], Any]) -> None:
        """Make one last call, for which nobody waits, and end."""
        self._calls.put(Call(job))
        self._calls.put(None)

    def join(self, seconds: float) -> None:
        """Wait for its end, which was asked for."""
        self._thread.join(seconds)

    def _hurry(self, call: Call[Any]) -> None:
        """Interrupt a call that is late; give it up if it does not leave."""
        end = time.monotonic() + PATIENCE_S
        while not call.finished:
            try:
                if time.monotonic() > end:
                    self._lost = call
                    ident = self._thread.ident or 0
                    let_import(sys._current_frames().get(ident))
                    raise Overrun
                with self._lock:
                    if self._current is call and not call.finished:
                        interrupt(self._thread.ident or 0, Overrun)
                call.done.acquire(timeout=AGAIN_S)
            except Overrun:  # whoever waits is interrupted again and again
                if self._lost is call:
                    raise

    def _work(self) -> None:
        while True:
            call = self._calls.get()
            if call is None:
                return
            with self._lock:
                self._current = call
            call.run()
            self._finish(call)
            del call  # it holds what the job did

    def _finish(self, call: Call[Any]) -> None:
        # An interrupt may land here, in the middle of tidying up: then tidy up again.
        while True:
            try:
                with self._lock:
                    self._current = None
                    interrupt(self._thread.ident or 0, None)
                    if not call.finished:
                        call.finish()
                return
            except Overrun:
                continue
