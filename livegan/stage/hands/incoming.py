"""What every process that receives messages does with them: control table, mapping, learning."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from livegan.ipc.messages import Row
from livegan.stage.hands.lanes import Lanes
from livegan.stage.hands.mapping.mapper import Mapper
from livegan.stage.hands.mapping.movement import MovementFinder
from livegan.stage.hands.mapping.route import route_of
from livegan.stage.outputs.hosting import GuestPipe

STEP = 0.01
"""Seconds between two steps of a knob that glides."""


class Incoming:
    """Takes messages by the names of the control table, and does what the stage says of them."""

    def __init__(self, lanes: Lanes, line: GuestPipe, clock: Any = time.monotonic) -> None:
        self.lanes = lanes
        self.mapper = Mapper(
            lanes.snapshot, lanes.set, line.note, lambda scene: line.tell("cue", scene=scene)
        )
        self._movement, self._line, self._clock = MovementFinder(), line, clock
        self.sends: Callable[[Sequence[Row]], None] = lambda rows: None
        """Receives what the set on the air sends, for who sends besides."""

    def hear(self) -> bool:
        """Do what the stage said since the last look. False where it wants this process to end."""
        while (message := self._line.next()) != {}:
            if message is None:
                return False
            kind = message.get("type")
            if kind == "wanted":
                self.lanes.wanted = frozenset(message["controls"])
                self.mapper.know(message["knobs"])
            elif kind == "mapping":
                self.mapper.follow(map(route_of, message["routes"]))
            elif kind == "sends":
                self.sends(message["rows"])
            elif kind == "learn":
                self._movement.want(message["kind"], self._clock())
        return True

    def look(self) -> None:
        """See where the knobs are; before messages are taken."""
        self.mapper.look()

    def take(self, name: str, value: float, show_time: float) -> None:
        """A message came: to the control table, and to whatever it moves."""
        self.lanes.set(name, value, show_time)
        self.mapper.take(name, value, show_time)
        learnt = self._movement.take(name, value, self._clock())
        if learnt is not None:
            self.mapper.learnt = name
            self._line.tell("moved", control=learnt)

    def pause(self, longest: float) -> float:
        """Seconds until something is due here."""
        return min(STEP, longest) if self.mapper.gliding else longest
