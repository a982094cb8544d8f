"""Feeding: an object of a class with ``feed`` is handed every hop of the sound, each once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from livegan.operation.moment import Heard
from livegan.plugin.declare import Operation

REPLAY_S = 20.0
"""How much of the past an object that is fed is handed when it is built: it may remember as much,
and no more."""

HopValues = Callable[[int], Mapping[str, Any]]
"""Values of the parameters of ``feed`` for the hop that ends at a position, in samples."""


@dataclass
class HandedSound:
    """What one object was handed so far."""

    hops: int | None = None
    """Counted from the start of the show; None before the first."""
    memory: dict[str, Any] = field(default_factory=dict)
    """What the signals remember that its parameters follow, from hop to hop."""
    position: int = -1
    """Samples up to the end of the newest hop whose parameters were read."""

    def copy(self) -> HandedSound:
        """Another one that goes on from here."""
        return HandedSound(self.hops, copy.copy(self.memory), self.position)

    def due(self, sound: Heard) -> range:
        """The hops to hand over, by number.

        At first, when the sound began anew, and after a pause that is longer than the replay, these
        are the last 20 s.
        """
        newest = sound.position // sound.hop
        replay = max(0, newest - round(REPLAY_S * sound.rate) // sound.hop)
        if self.hops is None or newest < self.hops or self.hops < replay:
            self.hops = replay
        return range(self.hops, newest)


def steady(operation: Operation, values: Mapping[str, Any] | None = None) -> HopValues:
    """The parameters of ``feed`` where nothing moves: these values, or the defaults."""
    given = values or {}
    rows = [p for p in operation.params if p.name in operation.fed]
    still = {p.name: given.get(p.name, p.default) for p in rows}
    return lambda position: still


def hand(operation: Operation, held: Any, sound: Heard, values: HopValues | None = None) -> None:
    """Hand the object every hop since the last call, on its own thread.

    Parameters
    ----------
    operation : others than those that are fed are left alone.
    held : a `livegan.operation.driver.Holder`.
    values : of the parameters of ``feed``; their defaults if None.
    """
    feed: HandedSound = held.feed
    due = feed.due(sound)
    if not due:
        return
    read = values or steady(operation)
    given = [read((hop + 1) * sound.hop) for hop in due]
    samples = sound.last(len(due) * sound.hop / sound.rate)

    def job() -> None:
        for place, hop in enumerate(due):
            feed.hops = hop + 1  # before it may fail: no hop is handed twice
            block = samples[place * sound.hop : (place + 1) * sound.hop]
            held.object.feed(block, **given[place])

    held.run(job)
