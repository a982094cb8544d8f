"""What controls are worth in a frame.

Nothing here remembers what it has seen: an envelope follows from when a pad was struck, which the
control table knows. So an engine that is replaced goes on in the middle of a fall.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

from livegan.control_names import GAMEPAD, MIDI
from livegan.graph.signals.signal import Signal
from livegan.plugin.now import Now


class ControlValue(Protocol):
    """What a knob, a pad or an address was set to: see `livegan.ipc.control_table`."""

    @property
    def value(self) -> float: ...
    @property
    def time(self) -> float:
        """Show time in seconds at which it was set."""

    @property
    def serial(self) -> int:
        """How often it was set."""


class ControlFrame(Protocol):
    """What a frame knows of controls: see `livegan.graph.signals.reading.Reading`."""

    now: Now
    memory: dict[str, Any]
    controls: Mapping[str, ControlValue]

    def control(self, name: str, default: float = 0.0) -> float:
        """The value of a control; ``default`` while nobody has set it."""


def ranged(r: ControlFrame, s: Signal) -> float:
    """A knob, or an OSC address: (name, default, low, high)."""
    name, default, low, high = s.args
    return float(min(max(r.control(name, default), low), high))


def pad(r: ControlFrame, s: Signal) -> float:
    """(name, fall): how hard it was struck, fallen since."""
    name, fall = s.args
    struck = r.controls.get(name)
    if struck is None:
        return 0.0
    return min(max(struck.value, 0.0), 1.0) * faded(r, struck.time, fall)


def midi(r: ControlFrame, s: Signal) -> float:
    """(what, channel, port, fall, default): what moved last, of the devices that are meant."""
    what, _, _, fall, default = s.args
    names = matching(r, s)
    if what.startswith("note "):
        return max((key(r, name, fall) for name in names), default=default)
    found = [control for name in names if (control := r.controls.get(name)) is not None]
    return max(found, key=lambda control: control.time).value if found else default


def gamepad(r: ControlFrame, s: Signal) -> float:
    """(what, name, dead, fall, default): what moved last, of the gamepads that are meant."""
    what, name, dead, fall, default = s.args
    end = f"/{what}"
    found = [
        (control.time, each)
        for each, control in r.controls.items()
        if each.startswith(GAMEPAD)
        and each.endswith(end)
        and (name is None or name in each[len(GAMEPAD) : -len(end)].lower())
    ]
    if not found:
        return float(default)
    newest = max(found)[1]
    if what.startswith("button"):
        return key(r, newest, fall)
    value = r.control(newest)
    return math.copysign(max(0.0, abs(value) - dead) / (1 - dead), value)


def key(r: ControlFrame, name: str, fall: float) -> float:
    """A key or button: its velocity while it is held; after that it falls.

    A blow that is over before a frame has seen it is seen in one.
    """
    held = r.controls.get(name)
    if held is None:
        return 0.0
    if held.value > 0:
        return held.value
    before, _, what = name.rpartition("/")
    hit = r.controls.get(f"{before}/hit {what.rpartition(' ')[2]}")
    return hit.value * faded(r, held.time, fall) if hit is not None else 0.0


def faded(r: ControlFrame, since: float, fall: float) -> float:
    """What is left of 1, falling to 37 % in ``fall`` seconds; without a fall it stays a frame."""
    age = r.now.time - since
    if age <= 0:
        return 1.0
    return math.exp(-age / fall) if fall > 0 else float(age <= r.now.dt)


def matching(r: ControlFrame, s: Signal) -> tuple[str, ...]:
    """The controls that a ``midi(...)`` means. Names only ever come, so they are looked for again
    where there are more of them."""
    count = len(r.controls)
    known = r.memory.pop(s.print, None)
    if known is None or known[0] != count:
        what, channel, port, *_ = s.args
        end = f"/{what}" if channel is None else f"/{channel}/{what}"
        names = (n for n in r.controls if n.startswith(MIDI) and n.endswith(end))
        if port is not None:
            names = (n for n in names if port in n[len(MIDI) :].rsplit("/", 2)[0].lower())
        known = count, tuple(names)
    r.memory[s.print] = known
    found: tuple[str, ...] = known[1]
    return found
