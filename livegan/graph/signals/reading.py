"""Reading signals: what each expression is worth in a frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from livegan.graph.binding import describe
from livegan.graph.place import SetError
from livegan.graph.signals import control_reading
from livegan.graph.signals.control_reading import ControlValue
from livegan.graph.signals.oscillator import chosen, shaped
from livegan.graph.signals.seen import seen_name
from livegan.graph.signals.signal import Signal
from livegan.graph.sound import SOUND, SoundHandle
from livegan.operation.driver import Holder, call, make
from livegan.operation.feeding import HandedSound, HopValues, hand
from livegan.operation.moment import now_at
from livegan.plugin.declare import Operation, Param
from livegan.plugin.now import Now

NO_CONTROLS: Mapping[str, ControlValue] = {}


class HeardSounds(Protocol):
    """The sounds of a set besides the show's own, up to one moment."""

    @property
    def positions(self) -> Mapping[str, int]:
        """Up to which sample those that were asked for are heard, by key."""

    def of(self, key: str) -> Any:
        """The `livegan.sound.history.Sound` of that key; silence while nobody makes it."""

    def before(self, position: int) -> HeardSounds:
        """Up to an earlier moment, a whole hop."""


@dataclass
class Reading:
    """What a frame gives its signals: the moment, sound, controls, and what signals remember."""

    now: Now
    sound: Any = None
    """The show's own."""
    memory: dict[str, Any] = field(default_factory=dict)
    """By fingerprint; what was read last stands last."""
    values: dict[str, Any] = field(default_factory=dict)
    """Values already worked out in this frame, by fingerprint."""
    objects: Mapping[str, Holder] = field(default_factory=dict)
    """Objects of ``@signal`` classes, by fingerprint of the expression."""
    sources: Any = None
    """Where live picture sources are asked for: a `livegan.picture_sources.board.Board`."""
    playing: frozenset[str] = frozenset()
    """Of those, the ones that another thread plays: asked for their last value only."""
    controls: Mapping[str, ControlValue] = field(default_factory=lambda: NO_CONTROLS)
    """Controls by name, as they are in this frame: they do not change while it is drawn."""
    sounds: HeardSounds | None = None
    """Named inputs and the like; without them, the show's own sound stands for each."""

    pictures: Mapping[str, float] = field(default_factory=dict)
    """What was seen in the pictures of the last frame, by name: `livegan.graph.graph.Graph.seen`"""

    def heard(self, handle: SoundHandle = SOUND) -> Any:
        """The sound that a set means, up to this frame."""
        if self.sounds is None or not handle.key:
            return self.sound
        return self.sounds.of(handle.key)

    def control(self, name: str, default: float = 0.0) -> float:
        """The value of a control in this frame; ``default`` while nobody has set it."""
        control = self.controls.get(name)
        return default if control is None else control.value


def _smooth(r: Reading, s: Signal) -> float:
    value, before = number(s.args[0], r), r.memory.pop(s.print, None)
    seconds = s.args[1]
    if before is None or seconds <= 0.0:
        result = value
    else:
        result = value + (before - value) * math.exp(-r.now.dt / seconds)
    r.memory[s.print] = result
    return float(result)


def _fall(r: Reading, s: Signal) -> float:
    value, before = number(s.args[0], r), r.memory.pop(s.print, -math.inf)
    seconds = s.args[1]
    faded = before * math.exp(-r.now.dt / seconds) if seconds > 0 and before > 0 else -math.inf
    r.memory[s.print] = result = max(value, faded)
    return float(result)


def _divide(r: Reading, s: Signal) -> float:
    below = number(s.args[1], r)
    return number(s.args[0], r) / below if below else 0.0


def _modulo(r: Reading, s: Signal) -> float:
    below = number(s.args[1], r)
    return number(s.args[0], r) % below if below else 0.0


def _power(r: Reading, s: Signal) -> float:
    base, power = number(s.args[0], r), number(s.args[1], r)
    try:
        result = base**power
    except (ZeroDivisionError, OverflowError):
        return 0.0
    return 0.0 if isinstance(result, complex) else float(result)


def _scale(r: Reading, s: Signal) -> float:
    x, low, high, from_low, from_high = (number(a, r) for a in s.args)
    width = from_high - from_low
    return low + (high - low) * ((x - from_low) / width if width else 0.0)


def _choose(r: Reading, s: Signal) -> Any:
    count, order, *values = s.args
    step = math.floor(number(count, r))
    return read(values[chosen(step, len(values), order, r.now.seed)], r)


def _every(r: Reading, s: Signal) -> float:
    phase, fall = number(s.args[0], r) % 1.0, number(s.args[1], r)
    return max(0.0, 1.0 - phase / fall) if fall > 0 else float(phase == 0.0)


def _leaf(r: Reading, s: Signal) -> float:
    """A ``@signal`` function or class: (positional inputs, keyword parameters)."""
    operation = s.leaf
    assert operation is not None
    inputs, params = s.args
    held: Holder | None = None
    if operation.stateful:
        # One object for each expression; static parameters are the class's own arguments.
        held = r.objects.get(s.print) or r.memory.pop(s.print, None)
        if held is None:
            fixed = {p.name for p in operation.params if not p.live}
            held = make(operation, {k: v for k, v in params if k in fixed})
        if s.print in r.playing:
            return held.last
        if s.print not in r.objects:
            r.memory[s.print] = held
    live = {p.name for p in operation.params if p.live or not operation.stateful}
    values = live_values(operation, {k: v for k, v in params if k in live}, r)
    feed_leaf(r, s, held)
    given = [r.heard(a) if isinstance(a, SoundHandle) else read(a, r) for a in inputs]
    drawn = call(operation, held, given, values, r.now, name=s.print)
    try:
        result = float(drawn)
    except (TypeError, ValueError):
        raise SetError(
            f"the signal {operation.name!r} returned {describe(drawn)}, and must return a number",
            s.place,
        ) from None
    result = result if math.isfinite(result) else 0.0
    if held is not None:
        held.last = result
    return result


def feed_leaf(r: Reading, s: Signal, held: Holder | None) -> None:
    """Hand the object of a ``@signal`` class that is fed every hop up to this moment."""
    operation = s.leaf
    if operation is None or held is None or not operation.feeds or r.sound is None:
        return
    sound = r.heard(next((a for a in s.args[0] if isinstance(a, SoundHandle)), SOUND))
    hand(operation, held, sound, hop_values(operation, dict(s.args[1]), r, held.feed))


RULES: dict[str, Callable[[Reading, Signal], Any]] = {
    "control": lambda r, s: r.control(s.args[0], number(s.args[1], r)),
    "knob": control_reading.ranged,
    "osc": control_reading.ranged,
    "pad": control_reading.pad,
    "midi": control_reading.midi,
    "gamepad": control_reading.gamepad,
    "feature": lambda r, s: float(getattr(r.heard(*s.args[1:]), s.args[0])),
    "band": lambda r, s: float(r.heard(*s.args[2:]).band(*s.args[:2])),
    "bpm": lambda r, s: r.now.bpm,
    "beat": lambda r, s: r.now.beat,
    "bar": lambda r, s: r.now.bar,
    "beats": lambda r, s: r.now.beats,
    "bars": lambda r, s: r.now.beats / r.now.beats_per_bar,
    "time": lambda r, s: r.now.time,
    "add": lambda r, s: number(s.args[0], r) + number(s.args[1], r),
    "subtract": lambda r, s: number(s.args[0], r) - number(s.args[1], r),
    "multiply": lambda r, s: number(s.args[0], r) * number(s.args[1], r),
    "divide": _divide,
    "modulo": _modulo,
    "power": _power,
    "absolute": lambda r, s: abs(number(s.args[0], r)),
    "greater": lambda r, s: float(number(s.args[0], r) > number(s.args[1], r)),
    "not_less": lambda r, s: float(number(s.args[0], r) >= number(s.args[1], r)),
    "lowest": lambda r, s: min(number(a, r) for a in s.args),
    "highest": lambda r, s: max(number(a, r) for a in s.args),
    "floor": lambda r, s: float(math.floor(number(s.args[0], r))),
    "smooth": _smooth,
    "fall": _fall,
    "scale": _scale,
    "clip": lambda r, s: min(max(number(s.args[0], r), number(s.args[1], r)), number(s.args[2], r)),
    "where": lambda r, s: read(s.args[1] if number(s.args[0], r) > 0 else s.args[2], r),
    "lfo": lambda r, s: shaped(s.args[1], number(s.args[0], r) + number(s.args[2], r), r.now.seed),
    "every": _every,
    "choose": _choose,
    "leaf": _leaf,
    "seen": lambda r, s: r.pictures.get(seen_name(s.args[1].node, s.args[0]), 0.0),
    "source_here": lambda r, s: float(r.sources is not None and r.sources.here(s.args[0])),
    "source_age": lambda r, s: r.sources.age(s.args[0]) if r.sources is not None else 0.0,
}


def read(value: Any, reading: Reading) -> Any:
    """The value of a number, word or signal in this frame."""
    if not isinstance(value, Signal):
        return value
    known = reading.values.get(value.print)
    if known is None:
        known = RULES[value.op](reading, value)
        reading.values[value.print] = known
    return known


def number(value: Any, reading: Reading) -> float:
    """:func:`read`, as a finite float: what is not finite counts as 0."""
    result = float(read(value, reading))
    return result if math.isfinite(result) else 0.0


def live_values(
    operation: Operation | None, given: Mapping[str, Any], reading: Reading
) -> dict[str, Any]:
    """The values of live parameters in this frame; signals are held to the declared range.

    Parameters
    ----------
    given : values and signals by name, as a set gave them.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        row = operation.param(name) if operation else None
        if isinstance(value, tuple) and row is not None:
            value = vector(row, value, reading)
        elif isinstance(value, Signal):
            if row is not None and row.type in ("choice", "text"):
                value = read(value, reading)
                if row.choices and value not in row.choices:
                    value = row.default
            elif row is not None and row.type == "flag":
                value = number(value, reading) > 0.5
            else:
                value = number(value, reading)
                value = float(row.limit(value)) if row else value
        values[name] = value
    return values


def vector(row: Param, parts: tuple[Any, ...], reading: Reading) -> tuple[float, ...]:
    """A vector or colour in this frame, each part held to the range."""
    limits = replace(row, low=0.0, high=1.0) if row.kind == "colour" else row
    return tuple(float(limits.limit(number(part, reading))) for part in parts)


def hop_values(
    operation: Operation, given: Mapping[str, Any], reading: Reading, feed: HandedSound
) -> HopValues | None:
    """What reads the parameters of ``feed`` at each hop up to the moment of ``reading``.

    So what an encoder remembers does not depend on how many frames were drawn.  A parameter that
    follows the sound is read from the sound up to that hop, and what ``smooth`` remembers goes from
    hop to hop.  What has no past to look up is held for all hops of a frame: controls, objects of
    ``@signal`` classes, and picture sources.

    ``given`` are values and signals by name, as a set gave them; ``feed`` is that of the object.
    None if the operation is not fed, or its ``feed`` has no parameters.
    """
    if not operation.feeds or not operation.fed:
        return None
    fed = {name: value for name, value in given.items() if name in operation.fed}
    now = live_values(operation, fed, reading)
    if not any(map(moves, fed.values())):
        return lambda position: now

    def at(position: int) -> Mapping[str, Any]:
        hop = reading.sound.hop
        if position != feed.position + hop:
            feed.memory.clear()  # the sound began anew, or there was a long pause
        feed.position = position
        sound = reading.sound.before(position)
        moment = now_at(
            sound,
            before=(position - hop) / sound.rate,
            fps=reading.now.fps,
            seed=reading.now.seed,
            beats_per_bar=reading.now.beats_per_bar,
        )
        own = replace(
            reading,
            now=moment,
            sound=sound,
            sounds=None if reading.sounds is None else reading.sounds.before(position),
            memory=feed.memory,
            values={},
            playing=frozenset(reading.objects),
        )
        return live_values(operation, fed, own)

    return at


def moves(value: Any) -> bool:
    """Whether a value is a signal, or has one in it."""
    return isinstance(value, Signal) or (isinstance(value, tuple) and any(map(moves, value)))
