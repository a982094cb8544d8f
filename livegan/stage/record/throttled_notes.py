"""ThrottledNotes: lines for the performer, from what may have a new one at every picture."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

FEW = 5
"""Lines that one output or source may have at once."""
EVERY = 10.0
"""Seconds from one to the next after these."""
KNOWN = 64
"""Lines that are remembered as told."""


class ThrottledNotes:
    """Passes notes on, never a flood of them: what is too much is left out. From any thread."""

    def __init__(
        self,
        note: Callable[[str], None],
        *,
        once: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``once`` leaves out what was told before, by whomever."""
        self._note, self._clock = note, clock
        self._told: deque[str] = deque(maxlen=KNOWN if once else 0)
        self._due: dict[str, float] = {}
        """When each of them is as if it had told nothing."""
        self._lock = threading.Lock()

    def __call__(self, text: str, of: str = "") -> None:
        """Pass on a note ``of`` an output or source."""
        if self._lets_by(text, of):
            self._note(text)

    def _lets_by(self, text: str, of: str) -> bool:
        with self._lock:
            if text in self._told:
                return False
            now = self._clock()
            self._due = {name: due for name, due in self._due.items() if due > now}
            due = self._due.get(of, now)
            if due - now > (FEW - 1) * EVERY:
                return False
            self._due[of] = due + EVERY
            self._told.append(text)
            return True
