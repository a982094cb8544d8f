"""The first seconds of a program: whether this machine is too slow for it is said once."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a process that starts is to be heard of before torch is loaded
    from livegan.engine.program.player import Player
    from livegan.engine.program.reach import Reach

SECONDS = 4.0
"""How long a program plays before it is judged: the governor has settled by then."""
FEWEST = 5
"""Frames that are measured at least."""


class FirstSeconds:
    """Measures frames, and tells the performer once what is reached and what would raise it.

    Frames that are drawn while something is built share the cores with that, so they are left out.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._version = -1
        self._since = 0.0
        self._took: list[float] = []
        self._said = False
        self.reach: Reach | None = None
        """Of the program on the air; None until it has played for some seconds."""

    def frame(self, player: Player, version: int, took_s: float, now: float, busy: bool) -> None:
        """After a frame of a program that took ``took_s`` and ended at ``now``."""
        if version != self._version or busy:
            self._version, self._since, self._took = version, now, []
            if not busy:
                self.reach = None
            return
        self._took.append(took_s)
        if now - self._since < SECONDS or len(self._took) < FEWEST or player.program is None:
            return
        from livegan.engine.program.reach import reach

        frame_s = statistics.median(self._took)
        self._since, self._took = now, []
        wanted = player.held_rate(player.program) or player.fps
        beside, turns = player.paint_threads.threads, player.turns.count
        found = reach(player.program, frame_s, wanted, beside, turns)
        self.reach = found
        if found.slow and not self._said:
            self._said = True
            self._note(found.text)
