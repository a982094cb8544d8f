"""Signals: numbers that change with time, as expressions that can be compared.

A signal is a small tree.  Building one costs nothing and reads nothing;
`livegan.graph.signals.reading` evaluates it, once a frame.  Two equal expressions are one signal:
what ``smooth`` remembers is kept by the expression's fingerprint, so it survives a save that does
not change it.
"""

from __future__ import annotations

import hashlib
import math
import time
from typing import TYPE_CHECKING, Any, Union

from livegan.graph.place import NoSuchWord, Place, SetError, here
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Operation
from livegan.plugin.loading.digest import digest_of

Value = Union[float, int, str, "Signal"]


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
        # Of the leaf's code as well, else a changed body would look unchanged.
        self.print = hashlib.sha256(self._text().encode(errors="surrogatepass")).hexdigest()[:16]

    def _text(self) -> str:
        def text(part: Any) -> str:
            if isinstance(part, tuple):
                return f"({','.join(map(text, part))})"
            return part.print if isinstance(part, Signal) else repr(part)

        code = f"{digest_of(self.leaf.make)}{self.leaf.stamp}" if self.leaf else ""
        return f"{self.op}{code}{text(self.args)}"

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def __bool__(self) -> bool:
        raise SetError(
            "a signal has no value while the set is read; use where(condition, a, b) to choose "
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
        """Smooth: follows a step to 63 % within ``seconds``."""
        return Signal("smooth", self, duration("smooth", seconds))

    def fall(self, seconds: float = 0.5) -> Signal:
        """Rise at once, fall slowly: to 37 % within ``seconds``."""
        return Signal("fall", self, duration("fall", seconds))

    def scale(
        self, low: Value, high: Value, from_low: Value = 0.0, from_high: Value = 1.0
    ) -> Signal:
        """Map ``from_low``..``from_high`` (0..1) to ``low``..``high``; not limited."""
        return Signal("scale", self, lift(low), lift(high), lift(from_low), lift(from_high))

    def clip(self, low: Value = 0.0, high: Value = 1.0) -> Signal:
        """Limit the value to ``low``..``high``."""
        return Signal("clip", self, lift(low), lift(high))

    def curve(self, power: Value = 2.0) -> Signal:
        """Raise to a power: above 1 weakens small values, below 1 strengthens them."""
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

    if not TYPE_CHECKING:  # a checker is to find a misspelt method

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            if self.op == "time" and hasattr(time, name):
                clash = "here `time` is a signal, the seconds since the show began"
                raise NoSuchWord(f"{clash}; for Python's module write: import time as clock")
            raise NoSuchWord(f"a signal has no {name!r}" + suggestion(name, METHODS))


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
