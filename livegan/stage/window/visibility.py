"""Visibility the window: what to do when it is put away, or its display is. Pure; told the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

RETURN = 1.5
"""Seconds after which a window that was put away comes back: the audience sees the desktop."""
TWICE = 10.0
"""Seconds: a window that is put away again this soon after it came back was meant to be."""


@dataclass(frozen=True)
class Visibility:
    """Whether the window is put away (minimised or hidden). Immutable."""

    away_since: float | None = None
    back_at: float = float("-inf")
    """When it was brought back last."""
    meant: bool = False
    """It was put away twice, so it stays."""

    def put_away(self, now: float) -> Visibility:
        """After it was minimised or hidden; twice is once."""
        if self.away_since is not None:
            return self
        return replace(self, away_since=now, meant=now - self.back_at <= TWICE)

    def seen(self) -> Visibility:
        """After it is on the screen again, whoever brought it there."""
        return replace(self, away_since=None, meant=False)

    def look(self, now: float) -> tuple[Visibility, bool]:
        """At ``now`` (s), and whether it is to be brought back."""
        if self.away_since is None or self.meant or now - self.away_since < RETURN:
            return self, False
        return Visibility(back_at=now), True


@dataclass(frozen=True)
class Displays:
    """Where the window is among the displays. Immutable."""

    home: int
    """The display that the performer put it on, from 0."""
    at: int
    """The one it is on now."""
    sizes: tuple[tuple[int, int], ...]
    """Of all displays, in pixels."""

    def moved(self, display: int) -> Displays:
        """After it was dragged to another display."""
        return replace(self, home=display, at=display)

    def look(self, sizes: Sequence[tuple[int, int]]) -> tuple[Displays, int | None]:
        """With the displays there are now; and the one to move the window to, None to leave it.

        A window whose display is gone comes back on the last of the remaining ones, and goes home
        when its own is there again. One whose display has another size is fitted to it.
        """
        found = tuple(sizes)
        if not found or found == self.sizes:  # none at all: a cable that is being changed
            return self, None
        target = min(self.home, len(found) - 1)
        before = self.sizes[self.at] if self.at < len(self.sizes) else None
        fewer = len(found) < len(self.sizes)
        after = replace(self, sizes=found)
        if target == self.at and found[target] == before and not fewer:
            return after, None
        return replace(after, at=target), target
