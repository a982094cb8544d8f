"""How loud a named input is, as a performer sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass

SHOWN_DB = -48.0
"""Of the lowest peak that is seen."""


@dataclass(frozen=True)
class InputLevel:
    """A named input at one moment."""

    name: str
    source: str
    """The name of what it hears."""
    level: float
    """Its peak on a scale of decibels: 0 is -48 dB or less, 1 is full scale."""
    here: bool
    """Whether its source is there."""


def level_of(peak: float) -> float:
    """A peak, 0..1, on that scale."""
    decibels = 20.0 * math.log10(max(peak, 1e-9))
    return min(1.0, max(0.0, 1.0 - decibels / SHOWN_DB))
