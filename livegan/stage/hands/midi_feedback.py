"""Sends the values of knobs back to the controllers that move them: motor faders, rings, lights.

Runs in the process that receives MIDI (`livegan.stage.hands.midi_guest`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livegan.stage.hands.mapping.dial import FINE
from livegan.stage.hands.mapping.mapper import FaderPlace
from livegan.stage.hands.mapping.route import Route
from livegan.stage.hands.midi_message import BEND, CONTROLLER, NOTE_ON
from livegan.stage.hands.midi_outputs import MidiOutputs

Message = tuple[int, ...]


def ports_of(routes: Iterable[Route]) -> set[str]:
    """The devices that want feedback."""
    return {route.port for route in routes if route.feedback}


def send_back(outputs: MidiOutputs, places: Iterable[FaderPlace]) -> None:
    """Send what is new. What a control has just sent itself, it is not sent back."""
    for place in places:
        head, values = message_of(place.route, place.at)
        own = None if place.came is None else message_of(place.route, place.came)[1]
        for output in outputs.of(place.route.port):
            if output.last.get(head) == values:
                continue
            output.last[head] = values
            if own != values:
                for each in whole(head, values):
                    output.send(each)


def message_of(route: Route, place: float) -> tuple[Message, Message]:
    """Which control a route sends to, and the values for a place of 0..1."""
    channel = (route.channel or 1) - 1
    place = min(max(place, 0.0), 1.0)
    if route.source == "bend":
        bent = round(place * 16383)
        return (BEND | channel,), (bent & 127, bent >> 7)
    status = (NOTE_ON if route.source == "note" else CONTROLLER) | channel
    assert route.number is not None
    if route.bits == 14:
        fine = round(place * 16383)
        return (status, route.number), (fine >> 7, fine & 127)
    return (status, route.number), (round(place * 127),)


def whole(head: Message, values: Message) -> Iterator[list[int]]:
    """The messages that carry values to a control."""
    if len(head) == 1:
        yield [*head, *values]
        return
    yield [*head, values[0]]
    for fine in values[1:]:
        yield [head[0], head[1] + FINE, fine]
