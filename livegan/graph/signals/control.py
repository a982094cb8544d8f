"""The words of hands: knobs, pads, MIDI, gamepads and OSC as signals.

Each makes a signal like any other, and declares in the graph that the set listens to it. What comes
from outside lies in the control table under the names of `livegan.control_names`; here nothing is
opened, and `livegan.graph.signals.control_reading` reads it once a frame.
"""

from __future__ import annotations

import math
from typing import Any

from livegan.control_names import KNOB, NAME, PAD, of_osc
from livegan.graph.binding import describe
from livegan.graph.graph import Declared, declare
from livegan.graph.place import SetError, here
from livegan.graph.signals.signal import Signal, duration

LONGEST_ADDRESS = 100  # characters of an OSC address: it is a part of a name in the control table
MOST_ARGUMENTS = 64


def knob(
    name: str, default: float = 0.0, low: float = 0.0, high: float = 1.0, doc: str = ""
) -> Signal:
    """A number that hands turn, in ``low``..``high``; ``default`` until somebody turns it.

    The OSC address ``/knob/NAME`` sets it, and ``--knob NAME=VALUE`` in a rehearsal. A save keeps
    where it is. The same name is the same knob.
    """
    named("knob", name)
    span = f"knob {name!r}"
    low, high = fixed(span, "low", low), fixed(span, "high", high)
    if low >= high:
        raise SetError(f"{span}: low is less than high, got {low:g} and {high:g}")
    default = fixed(span, "default", default)
    if not low <= default <= high:
        raise SetError(f"{span}: default goes from {low:g} to {high:g}, got {default:g}")
    if not isinstance(doc, str):
        raise SetError(f"{span}: doc is a text in quotes, got {describe(doc)}")
    declare(Declared("knob", KNOB + name, default, low, high, doc, here()))
    return Signal("knob", KNOB + name, default, low, high)


def pad(name: str, *, fall: float = 0.5) -> Signal:
    """A trigger: jumps to how hard it is struck, 0..1, and is down to 37 % after ``fall`` seconds.

    The OSC address ``/pad/NAME`` strikes it.
    """
    named("pad", name)
    declare(Declared("pad", PAD + name, place=here()))
    return Signal("pad", PAD + name, duration("pad: fall", fall))


def midi(
    *,
    cc: int | None = None,
    note: int | None = None,
    bend: bool = False,
    aftertouch: bool | int = False,
    program: bool = False,
    channel: int | None = None,
    port: str | None = None,
    fall: float = 0.0,
    default: float = 0.0,
) -> Signal:
    """What a MIDI controller sends, 0..1: one of ``cc``, ``note``, ``bend``, ``aftertouch``,
    ``program``.

    ``note`` is the velocity while the key is held, and falls to 37 % in ``fall`` seconds after
    that. ``bend`` is -1..1, ``program`` 0..127. ``aftertouch=True`` is that of the channel,
    ``aftertouch=60`` that of key 60. ``channel`` is 1..16, ``port`` a part of the device's name;
    without them, all are heard, and what moved last counts. ``default`` is the value before
    anything came.
    """
    given = {"cc": cc, "note": note, "bend": bend, "aftertouch": aftertouch, "program": program}
    chosen = [name for name, value in given.items() if value is not None and value is not False]
    if len(chosen) != 1:
        got = "none of them" if not chosen else " and ".join(chosen)
        raise SetError(f"midi takes one of cc=, note=, bend=, aftertouch=, program=, got {got}")
    (kind,) = chosen
    what = {"bend": "bend", "program": "program", "aftertouch": "pressure"}.get(kind, kind)
    if kind in ("bend", "program") and given[kind] is not True:
        raise SetError(f"midi: {kind} is True or False, got {describe(given[kind])}")
    if given[kind] is not True:
        what = f"{what} {whole(f'midi: {kind}', given[kind], 0, 127)}"
    elif kind in ("cc", "note"):
        raise SetError(f"midi: {kind} is a whole number from 0 to 127, got True")
    if channel is not None:
        channel = whole("midi: channel", channel, 1, 16)
    if port is not None and (not isinstance(port, str) or not port.strip()):
        got = describe(port)
        raise SetError(f"midi: port is a part of the device's name in quotes, got {got}")
    fall = duration("midi: fall", fall)
    if fall and kind != "note":
        raise SetError(f"midi: only note= falls; write midi({kind}=...).fall({fall:g})")
    start = fixed("midi", "default", default)
    declare(Declared("midi", "midi", place=here()))
    return Signal("midi", what, channel, port.strip().lower() if port else None, fall, start)


def gamepad(
    *,
    axis: int | None = None,
    button: int | None = None,
    name: str | None = None,
    dead: float = 0.1,
    fall: float = 0.0,
    default: float = 0.0,
) -> Signal:
    """A stick or trigger (``axis``, -1..1) or a ``button`` (1 while pressed) of a gamepad.

    An axis is 0 within ``dead`` of its middle. A button falls to 37 % in ``fall`` seconds after
    that. ``name`` is a part of the gamepad's name; without it, what moved last counts. A trigger
    rests at -1: ``gamepad(axis=2).scale(0, 1, -1, 1)``.
    """
    if (axis is None) == (button is None):
        got = "none of them" if axis is None else "both"
        raise SetError(f"gamepad takes one of axis= and button=, got {got}")
    if axis is not None:
        what = f"axis {whole('gamepad: axis', axis, 0, 63)}"
    else:
        what = f"button {whole('gamepad: button', button, 0, 255)}"
    if name is not None and (not isinstance(name, str) or not name.strip()):
        got = describe(name)
        raise SetError(f"gamepad: name is a part of the gamepad's name in quotes, got {got}")
    dead = fixed("gamepad", "dead", dead)
    if not 0 <= dead < 1:
        raise SetError(f"gamepad: dead goes from 0 to below 1, got {dead:g}")
    fall = duration("gamepad: fall", fall)
    if fall and button is None:
        raise SetError(f"gamepad: only button= falls; write gamepad(axis=...).fall({fall:g})")
    start = fixed("gamepad", "default", default)
    declare(Declared("gamepad", "gamepad", place=here()))
    return Signal("gamepad", what, name.strip().lower() if name else None, dead, fall, start)


def osc(
    address: str,
    arg: int = 0,
    low: float | None = None,
    high: float | None = None,
    default: float = 0.0,
) -> Signal:
    """The number that came last to an OSC address, such as ``osc("/1/fader1")``.

    ``arg`` counts its arguments from 0. The number is as it came, held inside ``low``..``high``
    where they are given. ``default`` is the value before anything came.
    """
    osc_address("osc", address)
    arg = whole("osc: arg", arg, 0, MOST_ARGUMENTS - 1)
    title = f"osc {address!r}"
    low = -math.inf if low is None else fixed(title, "low", low)
    high = math.inf if high is None else fixed(title, "high", high)
    if low >= high:
        raise SetError(f"{title}: low is less than high, got {low:g} and {high:g}")
    start = fixed(title, "default", default)
    name = of_osc(address, arg)
    declare(Declared("osc", name, place=here()))
    return Signal("osc", name, start, low, high)


def osc_address(word: str, address: Any) -> None:
    """Refuse what is no OSC address."""
    if not isinstance(address, str):
        raise SetError(f"{word} needs an address in quotes, got {describe(address)}")
    if not address.startswith("/"):
        what = 'an address begins with a slash, such as "/1/fader1"'
        raise SetError(f"{word}: {what}, got {address!r}")
    unfit = [c for c in address if c in " #*,?[]{}" or not "!" <= c <= "~"]
    if unfit:
        raise SetError(f"{word}: {unfit[0]!r} cannot be in an address, got {address!r}")
    if len(address) > LONGEST_ADDRESS:
        most = f"an address has {LONGEST_ADDRESS} characters at most"
        raise SetError(f"{word}: {most}, got {address!r}")


def named(word: str, name: Any) -> None:
    """Refuse what no knob or pad can be called."""
    if not isinstance(name, str):
        raise SetError(f"{word} needs a name in quotes, got {describe(name)}")
    if not NAME.fullmatch(name):
        raise SetError(
            f'{word}: a name is one word of 60 characters at most, such as "hue" or "low-cut", '
            f"without # * , / ? = : and brackets, got {name!r}"
        )


def fixed(title: str, label: str, value: Any) -> float:
    """A finite number that is no signal."""
    if isinstance(value, Signal):
        raise SetError(f"{title}: {label} is a fixed number and cannot follow a signal")
    if isinstance(value, str) or not hasattr(value, "__float__"):
        raise SetError(f"{title}: {label} is a number, got {describe(value)}")
    number = float(value)
    if not math.isfinite(number):
        raise SetError(f"{title}: {label} is a finite number, got {number}")
    return number


def whole(title: str, value: Any, low: int, high: int) -> int:
    """A whole number within its range."""
    right = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1
    if not right or not low <= value <= high:
        got = describe(value).removeprefix("the number ")
        raise SetError(f"{title} is a whole number from {low} to {high}, got {got}")
    return int(value)
