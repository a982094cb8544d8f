"""The schedule: which fault when, drawn from the seed alone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from livegan.gremlins.fault import DEVICE, FILE, FRESH, MANAGED, STANDBY, Gremlin

SHOWS = (FILE, STANDBY, DEVICE, MANAGED, FRESH)
"""The order in which shows are played."""
PAUSE = (0.2, 2.0)
"""Seconds between two faults, so that they come at any place in a bar."""
DEADLY = ("deaths", "killers", "device", "hangs")
"""Rows that may end an engine: they are spread among the others, as they would not come at once."""


@dataclass(frozen=True)
class ScheduledTurn:
    """A fault, and how long the show is left in peace before it, in seconds."""

    fault: Gremlin
    pause: float


def schedule(faults: Iterable[Gremlin], seed: int) -> dict[str, list[ScheduledTurn]]:
    """Every fault once: show → its turns, in an order that depends on the seed alone."""
    rng = random.Random(seed)
    turns: dict[str, list[ScheduledTurn]] = {}
    faults = list(faults)
    for show in SHOWS:
        mine = [fault for fault in faults if fault.show == show]
        rng.shuffle(mine)
        deadly = [fault for fault in mine if fault.row in DEADLY]
        other = [fault for fault in mine if fault.row not in DEADLY]
        mine = spread(deadly, other)
        if mine:
            turns[show] = [ScheduledTurn(fault, rng.uniform(*PAUSE)) for fault in mine]
    return turns


def spread(few: Sequence[Gremlin], many: Sequence[Gremlin]) -> list[Gremlin]:
    """Both, each in its own order, as evenly mixed as they can be.

    >>> spread([1, 2], [10, 20, 30, 40])
    [10, 1, 20, 30, 2, 40]
    """
    places = [((i + 0.5) / len(few), fault) for i, fault in enumerate(few)]
    places += [((i + 0.5) / len(many), fault) for i, fault in enumerate(many)]
    return [fault for _, fault in sorted(places, key=lambda place: place[0])]
