"""What the messages of one control mean to a route: a place between its ends, or steps. Pure.

Messages are as in the control table: a name of `livegan.control_names` and its value.
"""

from __future__ import annotations

from livegan.control_names import MIDI, of_osc
from livegan.stage.hands.mapping.route import Route

FINE = 32
"""The fine part of a control of 14 bits is the controller so much higher (MIDI 1.0)."""
NRPN = {99: "high", 98: "low", 6: "coarse", 38: "fine"}
"""Controllers that say which parameter is meant, and its value."""


class Dial:
    """The control of a route, from every device that the route means."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self._pairs: dict[str, dict[str, int]] = {}
        """Of controls that take several messages: what came so far, by device and channel."""

    def hears(self, name: str) -> bool:
        """Whether messages of this name are for this control."""
        route = self.route
        if route.source == "osc":
            return name == of_osc(route.address, route.arg)
        where = place_of(name)
        if where is None:
            return False
        port, channel, what = where
        if route.port not in port.lower() or route.channel not in (None, channel):
            return False
        return what in self._messages()

    def _messages(self) -> tuple[str, ...]:
        route = self.route
        if route.source == "nrpn":
            return tuple(f"cc {number}" for number in NRPN)
        if route.source == "cc" and route.bits == 14:
            assert route.number is not None
            return f"cc {route.number}", f"cc {route.number + FINE}"
        word = "pressure" if route.source == "aftertouch" else route.source
        return (word if route.number is None else f"{word} {route.number}",)

    def take(self, name: str, value: float) -> float | None:
        """The place, 0 at one end and 1 at the other, or the steps of an encoder. None while a
        part of it is to come."""
        route = self.route
        if route.relative:
            return float(steps_of(round(value * 127), route.relative))
        if route.bits == 14:
            whole = self._paired(name, round(value * 127))
            return None if whole is None else whole / 16383
        low, high = route.input
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def _paired(self, name: str, byte: int) -> int | None:
        """The number of 14 bits, once it is whole."""
        before, _, what = name.rpartition("/")
        number = int(what.rpartition(" ")[2])
        pair = self._pairs.setdefault(before, {})
        if self.route.source == "nrpn":
            part = NRPN[number]
            if part in ("high", "low"):
                pair[part] = byte
                pair.pop("coarse", None)
                return None
            if 128 * pair.get("high", -1) + pair.get("low", -1) != self.route.number:
                return None
            pair[part] = byte
        else:
            part = "coarse" if number == self.route.number else "fine"
            pair[part] = byte
        coarse = pair.get("coarse")
        if coarse is None:
            return None
        if part == "fine":
            pair["waits"] = 0
            return 128 * coarse + byte
        # The fine part follows at once where there is one; without, the coarse one is stretched.
        waited, pair["waits"] = pair.get("waits", 0), 1
        if "fine" not in pair:
            return 129 * coarse
        return 128 * coarse if waited else None


def place_of(name: str) -> tuple[str, int, str] | None:
    """Port, channel and message of a MIDI control; None for what is none."""
    if not name.startswith(MIDI):
        return None
    port, channel, what = name[len(MIDI) :].rsplit("/", 2)
    return port, int(channel), what


def steps_of(byte: int, relative: str) -> int:
    """The steps that an encoder says it was turned, upwards above 0."""
    if relative == "binary-offset":
        return byte - 64
    if relative == "sign-magnitude":
        return 64 - byte if byte >= 64 else byte
    return byte - 128 if byte >= 64 else byte
