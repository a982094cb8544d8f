"""Pictures that wait for their sound: what is heard while one is shown comes after it is drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from livegan.sound import HOP, RATE


class HeldPictures:
    """Hands pictures on when all sound up to their end is there, and the limiter's look ahead."""

    def __init__(
        self,
        sink: Callable[[int, Any], None],
        start: int,
        fps: float,
        played: Callable[[], int],
        play: Callable[[int], None],
    ) -> None:
        """``start`` is the first sample of the rehearsal; ``played()`` how far it is played, and
        ``play(position)`` plays on."""
        self._sink, self._start, self._fps = sink, start, fps
        self._played, self._play = played, play
        self._held: deque[tuple[int, Any]] = deque()

    def __call__(self, index: int, pixels: Any) -> None:
        """Take a picture."""
        self._held.append((index, pixels))
        while self._held and self._needs(self._held[0][0]) <= self._played():
            self._sink(*self._held.popleft())

    def finish(self) -> None:
        """Hand on the rest."""
        if self._held:
            self._play(self._needs(self._held[-1][0]))
        while self._held:
            self._sink(*self._held.popleft())

    def _needs(self, index: int) -> int:
        end = self._start + int((index + 1) / self._fps * RATE)
        return (-(-end // HOP) + 2) * HOP
