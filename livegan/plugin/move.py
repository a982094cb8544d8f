"""Moves of the autopilot as data: name, when it fits, how bold it is, how long it stays. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from livegan.plugin.closest import suggestion

OCCASIONS = {
    "drop": "the bass comes back, or everything gets louder at once",
    "build": "the music rises",
    "section": "another part of the music begins",
    "calm": "the bass is gone, or everything gets softer at once",
    "silence": "nothing is heard",
    "steady": "the music goes on as it was",
    "repair": "a slot is black, white or one colour",
}
"""When a move can fit."""
LONGEST_BARS = 256.0


@dataclass(frozen=True)
class Move:
    """One edit that the autopilot knows.

    ``make(score, ...)`` receives a `livegan.autopilot.set_code.SetCode` and returns the one it
    makes of it, or None where it has nothing to do; it can also name ``chance``
    (`random.Random`), ``heard``, ``seen`` and ``scenes``.
    """

    make: Callable[..., Any]
    name: str
    bold: float = 0.3
    """How much it changes, 0..1."""
    when: tuple[str, ...] = ("section", "steady")
    bars: float = 0.0
    """It is taken back after so many bars; 0: not before it is old."""


def checked_move(make: Callable[..., Any], name: str, bold: Any, when: Any, bars: Any) -> Move:
    """A move with valid data.

    Raises
    ------
    ValueError
        In one line, for a number that is out of range and for an occasion that there is not.
    """
    if not callable(make):
        raise ValueError(f"the move {name!r} is a {type(make).__name__}, not a function")
    if isinstance(bold, bool) or not isinstance(bold, (int, float)) or not 0 <= bold <= 1:
        raise ValueError(f"the move {name!r}: bold is a number from 0 to 1, got {bold!r}")
    number = isinstance(bars, (int, float)) and not isinstance(bars, bool)
    if not number or not 0 <= bars <= LONGEST_BARS:
        raise ValueError(
            f"the move {name!r}: bars is a number from 0 to {LONGEST_BARS:g}, got {bars!r}"
        )
    if isinstance(when, str) or not isinstance(when, Sequence) or not when:
        raise ValueError(f"the move {name!r}: when is a list, such as when=('section', 'steady')")
    for each in when:
        if each not in OCCASIONS:
            hint = suggestion(str(each), OCCASIONS)
            raise ValueError(f"the move {name!r}: there is no occasion {each!r}{hint}")
    return Move(make, name, float(bold), tuple(when), float(bars))
