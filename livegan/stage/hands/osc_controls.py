"""Which controls an OSC message sets: pure.

``/knob/hue`` and ``/pad/hit`` set the knobs and pads of a set. Every other address sets a control
for each of its arguments that is a number. A message without arguments counts as 1.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Iterator

from livegan.control_names import KNOB, NAME, OSC, PAD, of_osc
from livegan.stage.hands.osc_packet import OscMessage
from livegan.stage.hands.osc_pattern import is_pattern, matches

AHEAD = 10.0
"""Seconds that a bundle may be ahead of its time; one that is more has another clock, and is
taken at once."""
WAITING = 10_000
"""Messages that wait for their time; beyond them, one is taken at once."""
MOST_ARGUMENTS = 64
"""Of a message that are taken."""


def sets(message: OscMessage, known: Collection[str]) -> Iterator[tuple[str, float]]:
    """(control, value) for each number of a message.

    ``known`` are the controls that there are: a pattern means those of them that it matches.
    """
    arguments = message.arguments[:MOST_ARGUMENTS] if message.arguments else (1.0,)
    if is_pattern(message.address):
        addresses = dict.fromkeys(filter(None, map(address_of, known)))
        for address in addresses:
            if matches(message.address, address):
                yield from _set(address, arguments)
    else:
        yield from _set(message.address, arguments)


def _set(address: str, arguments: tuple[float | None, ...]) -> Iterator[tuple[str, float]]:
    name = address[1:]
    for kind in (KNOB, PAD):
        if name.startswith(kind) and NAME.fullmatch(name[len(kind) :]):
            if arguments[0] is not None:
                yield name, arguments[0]
            return
    for index, value in enumerate(arguments):
        if value is not None:
            yield of_osc(address, index), value


def address_of(control: str) -> str:
    """The OSC address of a control; nothing if it has none."""
    if control.startswith((KNOB, PAD)):
        return f"/{control}"
    return control[len(OSC) :].rpartition("#")[0] if control.startswith(f"{OSC}/") else ""


class BundleQueue:
    """Messages of bundles whose time has not come."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, OscMessage]] = []
        self._order = itertools.count()

    def put(self, message: OscMessage, now: float) -> bool:
        """Whether a message has to wait, and does; ``now`` is in seconds since 1970."""
        due = message.due
        if due is None or not now < due <= now + AHEAD or len(self._heap) == WAITING:
            return False
        heapq.heappush(self._heap, (due, next(self._order), message))
        return True

    def due(self, now: float) -> Iterator[OscMessage]:
        """Those whose time has come, in order."""
        while self._heap and self._heap[0][0] <= now:
            yield heapq.heappop(self._heap)[2]

    def wait(self, now: float, most: float) -> float:
        """Seconds until the next is due, ``most`` at most."""
        return min(most, max(0.0, self._heap[0][0] - now)) if self._heap else most
