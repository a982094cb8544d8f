"""Signals: numbers that change with time, as expressions that can be compared and evaluated.

A signal is a small tree.  Building one costs nothing and reads nothing; it is evaluated once a
frame with the frame's :class:`Reading`.  Two equal expressions are one signal: what ``smooth``
remembers is kept by the expression's fingerprint, so it survives a save that does not change it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

from livegan.graph.place import Place, SetError, here
from livegan.plugin.closest import suggestion
from livegan.plugin.now import Now

if TYPE_CHECKING:
    from livegan.plugin.declare import Operation

Value = Union[float, int, str, "Signal"]


@dataclass
class Reading:
    """What a frame gives its signals: the moment, the sound, and what signals remember."""

    now: Now
    sound: Any = None
    memory: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """Values already worked out in this frame, by fingerprint."""


class Signal:
    """A number that changes with time.

    Signals have arithmetic (``0.5 * sound.kick + lfo(beats=8)``), comparisons (1 where true, 0
    where not) and methods.  Every number in the language accepts one.
    """

    __slots__ = ("args", "leaf", "op", "place", "print")

    def __init__(self, op: str, *args: Any, leaf: Operation | None = None) -> None:
        self.op = op
        self.args = args
        self.leaf = leaf
        self.place: Place | None = here()
        # Without `repr` of the leaf's code a changed body would look unchanged.
        self.print = hashlib.sha256(self._text().encode()).hexdigest()[:16]

    def _text(self) -> str:
        from livegan.graph.digest import digest_of

        def text(part: Any) -> str:
            if isinstance(part, tuple):
                return f"({','.join(map(text, part))})"
            return part.print if isinstance(part, Signal) else repr(part)

        code = digest_of(self.leaf.make) if self.leaf else ""
        return f"{self.op}{code}{text(self.args)}"

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def __bool__(self) -> bool:
        raise SetError(
            "a signal has no value while the set is read: use where(condition, a, b) to choose "
            "by it, or write a @signal function, which runs every frame"
        )

    def __float__(self) -> float:
        raise SetError("a signal has no value while the set is read; pass it on as it is")

    __int__ = __index__ = __float__

    def __iter__(self) -> Any:
        raise SetError("a signal is one number and cannot be looped over")

    # Arithmetic --------------------------------------------------------------------------------

    def __add__(self, other: Value) -> Signal:
        return Signal("add", self, lift(other))

    def __radd__(self, other: Value) -> Signal:
        return Signal("add", lift(other), self)

    def __sub__(self, other: Value) -> Signal:
        return Signal("subtract", self, lift(other))

    def __rsub__(self, other: Value) -> Signal:
        return Signal("subtract", lift(other), self)

    def __mul__(self, other: Value) -> Signal:
        return Signal("multiply", self, lift(other))

    def __rmul__(self, other: Value) -> Signal:
        return Signal("multiply", lift(other), self)

    def __truediv__(self, other: Value) -> Signal:
        return Signal("divide", self, lift(other))

    def __rtruediv__(self, other: Value) -> Signal:
        return Signal("divide", lift(other), self)

    def __mod__(self, other: Value) -> Signal:
        return Signal("modulo", self, lift(other))

    def __rmod__(self, other: Value) -> Signal:
        return Signal("modulo", lift(other), self)

    def __pow__(self, other: Value) -> Signal:
        return Signal("power", self, lift(other))

    def __rpow__(self, other: Value) -> Signal:
        return Signal("power", lift(other), self)

    def __neg__(self) -> Signal:
        return Signal("multiply", self, -1.0)

    def __abs__(self) -> Signal:
        return Signal("absolute", self)

    def __gt__(self, other: Value) -> Signal:
        return Signal("greater", self, lift(other))

    def __lt__(self, other: Value) -> Signal:
        return Signal("greater", lift(other), self)

    def __ge__(self, other: Value) -> Signal:
        return Signal("not_less", self, lift(other))

    def __le__(self, other: Value) -> Signal:
        return Signal("not_less", lift(other), self)

    def __and__(self, other: Value) -> Signal:
        return Signal("lowest", self, lift(other))

    def __or__(self, other: Value) -> Signal:
        return Signal("highest", self, lift(other))

    # Methods -----------------------------------------------------------------------------------

    def smooth(self, seconds: float = 0.2) -> Signal:
        """Follow slowly: reaches 63 % of a step after ``seconds``."""
        return Signal("smooth", self, duration("smooth", seconds))

    def fall(self, seconds: float = 0.5) -> Signal:
        """Rise at once, fall slowly: down to 37 % after ``seconds``."""
        return Signal("fall", self, duration("fall", seconds))

    def scale(
        self, low: Value, high: Value, from_low: Value = 0.0, from_high: Value = 1.0
    ) -> Signal:
        """Map ``from_low``..``from_high`` (0..1) to ``low``..``high``; not limited."""
        return Signal("scale", self, lift(low), lift(high), lift(from_low), lift(from_high))

    def clip(self, low: Value = 0.0, high: Value = 1.0) -> Signal:
        """Hold the value inside ``low``..``high``."""
        return Signal("clip", self, lift(low), lift(high))

    def curve(self, power: Value = 2.0) -> Signal:
        """Bend 0..1: above 1 quiet things fall back, below 1 they come forward."""
        return Signal("power", self.clip(0.0, 1e9), lift(power))

    def invert(self) -> Signal:
        """One minus the value."""
        return 1.0 - self

    def wrap(self) -> Signal:
        """The fraction: 1.25 becomes 0.25."""
        return Signal("modulo", self, 1.0)

    def floor(self) -> Signal:
        """The whole number below."""
        return Signal("floor", self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise SetError(f"a signal has no {name!r}" + suggestion(name, METHODS))


METHODS = ("smooth", "fall", "scale", "clip", "curve", "invert", "wrap", "floor")


def lift(value: Any) -> Any:
    """A number or a signal, as it is; anything else is refused."""
    if isinstance(value, (Signal, str)):
        return value
    if isinstance(value, (bool, int, float)) or hasattr(value, "__float__"):
        number = float(value)
        if math.isnan(number):
            raise SetError("not-a-number where a number or a signal is needed")
        return number
    raise SetError(f"expected a number or a signal, got {type(value).__name__}")


def duration(name: str, seconds: Any) -> float:
    """A positive number of seconds (not a signal), or zero."""
    if isinstance(seconds, Signal) or not isinstance(seconds, (int, float)) or seconds < 0:
        raise SetError(f"{name} takes a fixed number of seconds, 0 or more")
    return float(seconds)


def count_of(name: str, beats: Any, bars: Any, seconds: Any, *, default_beats: float) -> Signal:
    """The running count of periods, with its fraction, from exactly one of the three units."""
    given = [(u, v) for u, v in (("beats", beats), ("bars", bars), ("seconds", seconds)) if v]
    if any(v is not None and not isinstance(v, Signal) and not v for v in (beats, bars, seconds)):
        raise SetError(f"{name}: a period cannot be 0")
    if len(given) > 1:
        raise SetError(f"{name} takes one of beats=, bars=, seconds=, not several")
    unit, period = given[0] if given else ("beats", default_beats)
    if isinstance(period, (int, float)) and period < 0:
        raise SetError(f"{name}: a period cannot be negative")
    clock = {"beats": "beats", "bars": "bars", "seconds": "time"}[unit]
    return Signal("divide", Signal(clock), lift(period))


SHAPES = ("sine", "triangle", "ramp", "saw", "square", "random", "noise")


def hashed(*parts: Any) -> float:
    """A number in 0..1 that depends on nothing but its arguments."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2.0**64


def shaped(shape: str, count: float, seed: int) -> float:
    """One oscillator at ``count`` periods; 0..1."""
    phase = count % 1.0
    step = math.floor(count)
    if shape == "sine":
        return 0.5 - 0.5 * math.cos(2.0 * math.pi * phase)
    if shape == "triangle":
        return 1.0 - abs(2.0 * phase - 1.0)
    if shape == "ramp":
        return phase
    if shape == "saw":
        return 1.0 - phase
    if shape == "square":
        return 1.0 if phase < 0.5 else 0.0
    if shape == "random":
        return hashed(seed, "random", step)
    ease = phase * phase * (3.0 - 2.0 * phase)
    a, b = hashed(seed, "noise", step), hashed(seed, "noise", step + 1)
    return a + (b - a) * ease


def chosen(step: int, count: int, order: str, seed: int) -> int:
    """Which of ``count`` values plays in period ``step``; random order never repeats in a round."""
    if order == "cycle":
        return step % count
    turn, place = divmod(step, count)
    shuffled = sorted(range(count), key=lambda i: hashed(seed, "choose", turn, i))
    return shuffled[place]


def _smooth(r: Reading, s: Signal) -> float:
    value, before = number(s.args[0], r), r.memory.get(s.print)
    seconds = s.args[1]
    if before is None or seconds <= 0.0:
        result = value
    else:
        result = value + (before - value) * math.exp(-r.now.dt / seconds)
    r.memory[s.print] = result
    return float(result)


def _fall(r: Reading, s: Signal) -> float:
    value, before = number(s.args[0], r), r.memory.get(s.print, -math.inf)
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
    """A ``@signal`` function: (instance or function, positional inputs, keyword parameters)."""
    operation = s.leaf
    assert operation is not None
    inputs, params = s.args
    call: Any = operation.make
    if operation.stateful:
        # One instance for each expression; static parameters are the class's own arguments.
        made = r.memory.get(s.print)
        if made is None:
            fixed = {p.name for p in operation.params if not p.live}
            made = operation.make(**{k: v for k, v in params if k in fixed})
            r.memory[s.print] = made
        call = made.value
    live = {p.name for p in operation.params if p.live or not operation.stateful}
    values = {k: read(v, r) for k, v in params if k in live}
    if "now" in operation.context:
        values["now"] = r.now
    given = [r.sound if a == "sound" else read(a, r) for a in inputs]
    result = float(call(*given, **values))
    return result if math.isfinite(result) else 0.0


RULES: dict[str, Callable[[Reading, Signal], Any]] = {
    "feature": lambda r, s: float(getattr(r.sound, s.args[0])),
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
