"""What pictures look like, as patches read it: numbers that an engine measures in each frame."""

from __future__ import annotations

import math
from collections.abc import Mapping

from livegan.ipc.control_table import ControlTable
from livegan.sound import HOP, RATE

EASE_S = 0.03
"""A frame comes 30 times a second: what changes with it is followed over about so long."""


class Eased:
    """Numbers that come with frames, followed hop by hop, without steps."""

    def __init__(self) -> None:
        self._now: dict[str, float] = {}

    def toward(self, wanted: Mapping[str, float]) -> Mapping[str, float]:
        """One hop further."""
        part = 1.0 - math.exp(-HOP / RATE / EASE_S)
        for name, value in wanted.items():
            before = self._now.get(name, value)
            self._now[name] = before + (value - before) * part
        return dict(self._now)


class SeenPictures:
    """The numbers of an engine's frames, out of the table that it writes."""

    def __init__(self, table: ControlTable) -> None:
        self._table, self._eased = table, Eased()
        self._time = -1.0
        self._last: Mapping[str, float] = {}

    def at(self, time: float) -> Mapping[str, float]:
        """At a show time in seconds; asked for twice, the same."""
        if time != self._time:
            self._time = time
            seen = self._table.snapshot(time)
            self._last = self._eased.toward({name: seen[name].value for name in seen})
        return self._last
