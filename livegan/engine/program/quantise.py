"""The beats on which programs are swapped. Pure."""

from __future__ import annotations

import math

JUST_PAST = 1e-6
"""Of a grid step: by so little a beat may be past and still count as now."""


def next_beat(beats: float, grid: float) -> float:
    """The next whole multiple of ``grid`` beats, at most one step from ``beats``; one that is only
    just past counts as now. What is no number is no beat to wait for: now."""
    steps = beats / grid
    if not math.isfinite(steps):
        return -math.inf
    near = math.floor(steps)
    return near * grid if steps - near < JUST_PAST else (near + 1) * grid


def still_ahead(target: float, beats: float, grid: float) -> float:
    """``target``, unless the count of beats was put back and left it more than a step ahead: then
    the next multiple of ``grid``.

    The count changes where a program with another tempo takes over (an undo, a fault), or the
    sound's tempo is taken again; what waits for its bar must not wait for minutes.
    """
    return next_beat(beats, grid) if grid and target - beats > grid * (1 + JUST_PAST) else target
