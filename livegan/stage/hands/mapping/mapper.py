"""Moves knobs, hits pads and plays scenes as the mapping says, where messages are received.

What moved a knob last counts: a fader goes on where it left the knob, and one that finds the knob
elsewhere waits until it passes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from livegan.control_names import KNOB
from livegan.ipc.control_table import NO_CONTROLS, Snapshot
from livegan.ipc.messages import Row
from livegan.stage.hands.mapping.dial import Dial
from livegan.stage.hands.mapping.route import Route, Span

NEAR = 1.5 / 127
"""Of its range: a fader so near to the knob takes it over at once."""
ARRIVED = 1e-3
"""Of its range: a glide so near to its end is there."""


class Writer(Protocol):
    """Sets a control: see `livegan.stage.hands.lanes.Lanes.set`."""

    def __call__(self, name: str, value: float, time: float, /) -> None: ...


class FaderPlace(NamedTuple):
    """Where a control should be for its knob, and where it is as far as is known, 0..1."""

    route: Route
    at: float
    came: float | None


class Mapper:
    """The routes of a show, and where each of their controls is."""

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        write: Writer,
        note: Callable[[str], None] = lambda text: None,
        cue: Callable[[str], None] = lambda scene: None,
    ) -> None:
        """``snapshot`` says where knobs are; ``write`` sets them; ``cue`` receives the number or
        name of a scene that is to play."""
        self._snapshot, self._write, self._note, self._cue = snapshot, write, note, cue
        self._moves: list[_Move] = []
        self._of: dict[str, tuple[_Move, ...]] = {}
        """By the name of a message; found when one comes first."""
        self._knobs: dict[str, Row] = {}
        self.learnt = ""
        """A message of the control that was learnt: its new route takes hold of the knob at once,
        for a hand is moving it."""
        self._now: Snapshot = NO_CONTROLS
        self._written: dict[str, float] = {}
        """What was set since `look`."""

    def follow(self, routes: Iterable[Route]) -> None:
        """Use these routes. Those that were there before keep where their control is."""
        known = {move.route: move for move in self._moves}
        self._moves = [known.get(route) or _Move(route) for route in routes]
        for move in self._moves:
            if move.route not in known and move.dial.hears(self.learnt):
                move.free = True
        self._of, self.learnt = {}, ""

    def know(self, knobs: Iterable[Row]) -> None:
        """The knobs of the set on the air: ``name``, ``default``, ``low`` and ``high``."""
        self._knobs = {KNOB + str(row["name"]): row for row in knobs}

    @property
    def gliding(self) -> bool:
        """Whether a knob is on its way, and `glide` has to be called again soon."""
        return any(move.target is not None for move in self._moves)

    def look(self) -> None:
        """See where all knobs are; before messages are taken."""
        if self._moves:
            self._now, self._written = self._snapshot(), {}

    def take(self, name: str, value: float, time: float) -> None:
        """A message came: its control, value, and the show time in seconds."""
        if not self._moves:
            return
        found = self._of.get(name)
        if found is None:
            found = tuple(move for move in self._moves if move.dial.hears(name))
            if len(self._of) > 10_000:  # a flood of names
                self._of.clear()
            self._of[name] = found
        for move in found:
            came = move.dial.take(name, value)
            if came is None:
                continue
            if move.route.source == "program" and move.route.kind == "scene":
                self._cue(str(round(value) + 1))
            elif move.route.kind == "scene":
                if move.strikes(came):
                    self._cue(move.route.name)
            elif move.route.kind == "pad":
                self._hit(move, came, time)
            else:
                self._turn(move, came, time)

    def _hit(self, move: _Move, came: float, time: float) -> None:
        if move.strikes(came):
            low, high = move.route.range or (0.0, 1.0)
            self._set(move.route.control, low + (high - low) * came**move.route.curve, time)

    def _turn(self, move: _Move, came: float, time: float) -> None:
        knob = self._knobs.get(move.route.control)
        if knob is None:
            move.came = None  # the set on the air does not have it
            return
        route, value = move.route, self.value_of(knob)
        if route.relative:
            place = move.place_of(value if move.target is None else move.target, knob)
            wanted = move.value_at(min(max(place + came / route.steps, 0.0), 1.0), knob)
        else:
            before, move.came = move.came, came
            wanted = move.value_at(came, knob)
            last = None if before is None else move.value_at(before, knob)
            held = move.free or move.holds(value) or _reached(value, last, wanted, knob)
            if route.pickup and not held:
                if not move.told:
                    move.told = True
                    self._note(
                        f"{route.name} is at {value:.3g} and its fader at {wanted:.3g}: it follows "
                        "once the fader has passed it"
                    )
                return
        move.free = False
        if route.glide > 0:
            move.target, move.since = wanted, time if move.target is None else move.since
            move.written = value
        else:
            move.written = self._set(route.control, wanted, time)

    def glide(self, time: float) -> None:
        """Move what is on its way to where it is at a show time."""
        for move in self._moves:
            knob = self._knobs.get(move.route.control)
            if move.target is None or knob is None:
                move.target = None
                continue
            value = self.value_of(knob)
            if not move.holds(value):  # somebody else moved it
                move.target = None
                continue
            past, move.since = max(0.0, time - move.since), time
            near = move.target + (value - move.target) * math.exp(-past / move.route.glide)
            if abs(near - move.target) <= ARRIVED * abs(knob["high"] - knob["low"]):
                near, move.target = move.target, None
            move.written = self._set(move.route.control, near, time)

    def value_of(self, knob: Row) -> float:
        """Where a knob is, as the set reads it."""
        name = KNOB + str(knob["name"])
        value = self._written.get(name)
        if value is None:
            control = self._now.get(name)
            value = float(knob["default"]) if control is None else control.value
        return float(min(max(value, knob["low"]), knob["high"]))

    @property
    def routes(self) -> Iterable[Route]:
        """Those that are followed."""
        return [move.route for move in self._moves]

    def places(self) -> Iterable[FaderPlace]:
        """Where the controls of all routes with feedback should be, of knobs that the set has."""
        for move in self._moves:
            knob = self._knobs.get(move.route.control)
            if move.route.feedback and knob is not None:
                at = move.place_of(self.value_of(knob), knob)
                yield FaderPlace(move.route, at, None if move.route.relative else move.came)

    def _set(self, name: str, value: float, time: float) -> float:
        self._write(name, value, time)
        self._written[name] = value
        return value


class _Move:
    """A route, and what its control did."""

    def __init__(self, route: Route) -> None:
        self.route, self.dial = route, Dial(route)
        self.came: float | None = None
        """The place of its control, None if it is not known."""
        self.written: float | None = None
        """What it set the knob to last."""
        self.target: float | None = None
        """Where the knob glides to."""
        self.since = 0.0
        """The show time at which it had got as far as it is."""
        self.told = False
        self.free = False
        """It need not wait for the knob."""

    def strikes(self, came: float) -> bool:
        """Whether this is a blow: each note is one; a fader or pressure strikes as it leaves its
        lower end."""
        before, self.came = self.came, came
        return came > 0 and (self.route.source in ("note", "osc") or not before)

    def holds(self, value: float) -> bool:
        """Whether the knob is where this control left it."""
        return self.written is not None and self.written == value

    def span(self, knob: Row) -> Span:
        """What the ends of the control mean, within what the knob allows."""
        low, high = float(knob["low"]), float(knob["high"])
        a, b = self.route.range or (low, high)
        return min(max(a, low), high), min(max(b, low), high)

    def value_at(self, place: float, knob: Row) -> float:
        """The value of the knob where the control is at ``place``, 0..1."""
        low, high = self.span(knob)
        return low + (high - low) * float(place**self.route.curve)

    def place_of(self, value: float, knob: Row) -> float:
        """Where the control would be for this value of the knob, 0..1."""
        low, high = self.span(knob)
        if low == high:
            return 0.0
        place = min(max((value - low) / (high - low), 0.0), 1.0)
        return float(place ** (1 / self.route.curve))


def _reached(value: float, last: float | None, wanted: float, knob: Row) -> bool:
    """Whether a fader came to the knob: near it, or past it."""
    near = abs(wanted - value) <= NEAR * (float(knob["high"]) - float(knob["low"]))
    return near or (last is not None and min(last, wanted) <= value <= max(last, wanted))
