"""Threads that paint: slots side by side, one core each, or one slot with all cores.

Measured (docs/benchmarks.md): on two cores four small networks side by side, each on one thread,
are as fast as one after the other on two threads at 256 px and faster at 512 px; and they do not
wait for one another at barriers, so a busy machine slows them in proportion and not manyfold.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakSet

import torch

from livegan.heap import keep_freed

Painted = TypeVar("Painted")


class PaintThreads:
    """Runs the networks of a frame on a CPU's cores.

    ``threads`` is how many cores there are for it; with one, everything runs where it is called.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        if threads > 1:
            self._narrow = ThreadPoolExecutor(threads, "slot", keep_to, (1,))
            # Its threads for one network are its own: the caller keeps to one.
            self._wide = ThreadPoolExecutor(1, "wide slot", keep_to, (threads,))

    @classmethod
    def for_device(cls, device: torch.device) -> PaintThreads:
        """All cores of a CPU, leaving the calling thread one; no threads for another device."""
        # Every picture of a frame is new memory: a sixth of the time at 512 px (measured).
        keep_freed()
        threads = max([torch.get_num_threads(), *(each.threads for each in _open)])
        if device.type != "cpu" or threads < 2:
            return cls(1)
        paint_threads = cls(threads)
        for worker in (paint_threads._wide.submit(int), paint_threads._narrow.submit(int)):
            worker.result()
        # Encoders and mixers are too small to share; the barrier would cost more than it gains.
        torch.set_num_threads(1)
        _open.add(paint_threads)
        return paint_threads

    def run(self, calls: list[Callable[[], Painted]]) -> list[Painted | BaseException]:
        """What every call returns, or the error it raised, in order."""
        if self.threads == 1:
            return [outcome(call) for call in calls]
        if len(calls) == 1:
            return [self._wide.submit(outcome, calls[0]).result()]
        return [future.result() for future in [self._narrow.submit(outcome, c) for c in calls]]

    def close(self) -> None:
        """End the threads; the last that closes gives the calling thread its cores back."""
        if self.threads > 1:
            _open.discard(self)
            if not _open:
                torch.set_num_threads(self.threads)
            self._narrow.shutdown(wait=False, cancel_futures=True)
            self._wide.shutdown(wait=False, cancel_futures=True)


_open: WeakSet[PaintThreads] = WeakSet()
"""Those that took cores from the calling thread: a second player has as many as the first."""


def keep_to(threads: int) -> None:
    """Let the networks that this thread runs have so many cores."""
    # A thread takes the process's number at its first use of torch, over what was set before.
    torch.get_num_threads()
    torch.set_num_threads(threads)


def outcome(call: Callable[[], Painted]) -> Painted | BaseException:
    """What a call returns, or the error it raises."""
    try:
        with torch.inference_mode():
            return call()
    except BaseException as error:
        return error
