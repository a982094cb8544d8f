"""Which node each thread is at, told to the stage; and deadlines for code livegan did not write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from livegan.engine.isolation.deadline import watchdog
from livegan.graph.place import Place
from livegan.ipc.pulse import LANES, Pulse

PROVER = "save"
"""Name of the threads on which saves are proven; whatever else works, works for what plays."""


class Activity:
    """Without a pulse, as in a rehearsal, it records nothing."""

    def __init__(self) -> None:
        self.pulse: Pulse | None = None
        self._lanes: dict[int, int] = {}

    @contextmanager
    def at(self, what: str, place: Place | None = None, limit_s: float = 0.0) -> Iterator[None]:
        """The block works at ``what``; it is interrupted after ``limit_s`` unless that is 0."""
        with watchdog.limit(limit_s) if limit_s else nullcontext():
            pulse = self.pulse
            if pulse is None:
                yield
                return
            lane = self._lane()
            proving = threading.current_thread().name == PROVER
            pulse.work(lane, what, str(place or ""), limit_s, proving=proving)
            try:
                yield
            finally:
                pulse.work(lane, "")

    def forget(self, ident: int) -> None:
        """A thread was given up: what it is at is of no interest any more."""
        lane = self._lanes.pop(ident, None)
        if lane is not None and self.pulse is not None:
            self.pulse.work(lane, "")

    def _lane(self) -> int:
        ident = threading.get_ident()
        lane = self._lanes.get(ident)
        if lane is None:
            alive = {thread.ident for thread in threading.enumerate()}
            for gone in [i for i in list(self._lanes) if i not in alive]:
                self._lanes.pop(gone, None)
            taken = set(self._lanes.values())
            # More threads than lanes share the last one: a wrong name is better than none.
            lane = next((n for n in range(LANES) if n not in taken), LANES - 1)
            self._lanes[ident] = lane
        return lane


activity = Activity()
