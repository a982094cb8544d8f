"""Sends the values of knobs back to the controllers that move them: motor faders, rings, lights.

Runs in the process that receives MIDI (`livegan.stage.hands.midi_guest`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from livegan.stage.hands.mapping.dial import FINE
from livegan.stage.hands.mapping.mapper import FaderPlace
from livegan.stage.hands.mapping.route import Route
from livegan.stage.hands.midi_message import BEND, CONTROLLER, NOTE_ON, is_own, plain

Message = tuple[int, ...]
COMMON = ("midi", "usb-midi", "port")
"""First words that say nothing of the device."""


class MidiFeedback:
    """The outputs of the controllers that want it, opened as they come and closed as they go.

    ``library`` is the module ``rtmidi``; ``quiet`` makes its libraries print nowhere.
    """

    def __init__(
        self,
        library: Any,
        note: Callable[[str], None],
        quiet: Callable[[], contextlib.AbstractContextManager[None]],
        client: str,
    ) -> None:
        self._library, self._note, self._quiet, self._client = library, note, quiet, client
        self._scanners: dict[int, Any] = {}
        self._open: dict[str, Any] = {}
        """By the name of the port as the system has it."""
        self._refused: set[str] = set()
        self._sent: dict[tuple[str, Message], Message] = {}
        """The last values by port, and by the part of the message that says which control it is."""

    @property
    def wanted(self) -> bool:
        """Whether there is somebody to send to."""
        return bool(self._open)

    def scan(self, routes: Iterable[Route]) -> None:
        """Open what these routes go to, close what has gone or is no longer wanted."""
        wanted = {route.port for route in routes if route.feedback}
        if not wanted and not self._open:
            return
        system, there = self._there()
        mine = [name for name in there if not is_own(name)]
        meant = [name for name in mine if any(goes_to(port, name) for port in wanted)]
        for name in [name for name in self._open if name not in meant]:
            self._end(self._open.pop(name))
            self._sent = {key: last for key, last in self._sent.items() if key[0] != name}
        self._refused.intersection_update(there)
        for name in meant:
            if name not in self._open and system is not None:
                self._begin(system, name, there.index(name))

    def send(self, places: Iterable[FaderPlace]) -> None:
        """Send what is new. What a control has just sent itself, it is not sent back."""
        for place in places:
            head, values = message_of(place.route, place.at)
            own = None if place.came is None else message_of(place.route, place.came)[1]
            for name, device in list(self._open.items()):
                if not goes_to(place.route.port, name):
                    continue
                last = self._sent.get((name, head))
                if last == values:
                    continue
                self._sent[name, head] = values
                if own == values:
                    continue
                for each in whole(head, values):
                    with contextlib.suppress(Exception):  # pulled: the next scan closes it
                        device.send_message(each)

    def _there(self) -> tuple[int | None, list[str]]:
        """The outputs of the first system that has any."""
        for system in self._library.get_compiled_api():
            try:
                with self._quiet():
                    if system not in self._scanners:
                        self._scanners[system] = self._library.MidiOut(system, self._client)
                    names: list[str] = self._scanners[system].get_ports()
            except Exception:  # the inputs say why
                self._end(self._scanners.pop(system, None))
                continue
            if names:
                return system, names
        return None, []

    def _begin(self, system: int, name: str, index: int) -> None:
        device = None
        try:
            with self._quiet():
                device = self._library.MidiOut(system, self._client)
                device.open_port(index, self._client)
        except Exception as error:
            self._end(device)
            if name not in self._refused:
                self._refused.add(name)
                why = " ".join(str(error).split())
                self._note(f"MIDI: nothing can be sent to {plain(name)} ({why})")
            return
        self._open[name] = device
        self._note(f"MIDI: sending to {plain(name)}")

    def _end(self, device: Any) -> None:
        if device is not None:
            with contextlib.suppress(Exception), self._quiet():
                device.close_port()
                device.delete()

    def close(self) -> None:
        """Close all of them."""
        for device in (*self._open.values(), *self._scanners.values()):
            self._end(device)
        self._open, self._scanners = {}, {}


def goes_to(port: str, name: str) -> bool:
    """Whether an output belongs to the device of a route: it has that name, or its first word, for
    many devices call their output otherwise than their input."""
    first = port.split()[0] if port.split() else ""
    low = name.lower()
    return bool(port) and (port in low or (len(first) > 3 and first not in COMMON and first in low))


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
