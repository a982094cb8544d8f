"""Words of a set for numbers that change by themselves, or are chosen from others."""

from __future__ import annotations

from typing import Any, Literal

from livegan.graph.place import SetError
from livegan.graph.signals.oscillator import SHAPES
from livegan.graph.signals.signal import Signal, count_of, lift
from livegan.plugin.closest import suggestion


def lfo(
    beats: Any = None,
    *,
    bars: Any = None,
    seconds: Any = None,
    shape: Literal["sine", "triangle", "ramp", "saw", "square", "random", "noise"] = "sine",
    low: Any = 0.0,
    high: Any = 1.0,
    phase: Any = 0.0,
) -> Signal:
    """A slow oscillator between ``low`` and ``high``. Its period is 4 beats unless you set another.

    ``shape`` is ``sine``, ``triangle``, ``ramp``, ``saw``, ``square``, ``random`` (a new value
    each period) or ``noise`` (a smooth random curve).  ``phase`` shifts it by a part of the period.
    """
    if shape not in SHAPES:
        raise SetError(f"lfo has no shape {shape!r}" + suggestion(shape, SHAPES))
    count = count_of("lfo", beats, bars, seconds, default_beats=4)
    wave = Signal("lfo", count, shape, lift(phase))
    return wave if (low, high) == (0.0, 1.0) else wave.scale(low, high)


def every(beats: Any = None, *, bars: Any = None, seconds: Any = None, fall: Any = 0.25) -> Signal:
    """A pulse: 1 at the start of each period, then falling to 0 within the part ``fall`` of it."""
    return Signal("every", count_of("every", beats, bars, seconds, default_beats=1), lift(fall))


def choose(
    *values: Any,
    beats: Any = None,
    bars: Any = None,
    seconds: Any = None,
    order: Literal["random", "cycle"] = "random",
) -> Signal:
    """One of the values, a new one in each period (4 beats). ``order`` is "random" or "cycle"."""
    if not values:
        raise SetError("choose needs values to choose from")
    if order not in ("random", "cycle"):
        raise SetError(f'choose: order is "random" or "cycle", got {order!r}')
    count = count_of("choose", beats, bars, seconds, default_beats=4)
    return Signal("choose", count, order, *(lift(v) for v in values))


def where(condition: Any, a: Any, b: Any) -> Signal:
    """``a`` while the condition is above 0, otherwise ``b``: ``where(sound.low > 0.5, 1, 0)``."""
    return Signal("where", lift(condition), lift(a), lift(b))


def highest(*values: Any) -> Signal:
    """The highest of several numbers or signals."""
    return Signal("highest", *(lift(v) for v in values))


def lowest(*values: Any) -> Signal:
    """The lowest of several numbers or signals."""
    return Signal("lowest", *(lift(v) for v in values))
