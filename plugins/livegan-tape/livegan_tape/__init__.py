"""An echo from an old tape machine: a patch that changes the sound of a show."""

from __future__ import annotations

from typing import Any

import pyo

from livegan.plugin import RegisterOperation, hookimpl, param

LONGEST = 2.0
"""Seconds of tape between the two heads."""
SAFE = 0.9
"""Of what is said to come back, this much does: a loop that gains would burst."""


def tape(
    sound: Any,
    *,
    delay: Any = param(0.375, 0.02, 1.5, "between sound and echo", unit="s"),
    back: Any = param(0.6, 0.0, 1.0, "how much of an echo is heard again"),
    wow: Any = param(0.3, 0.0, 1.0, "how unevenly the tape runs"),
    age: Any = param(0.4, 0.0, 1.0, "how dull the echoes are"),
    wet: Any = param(0.4, 0.0, 1.0, "0 is the sound as it was"),
) -> Any:
    """Echoes that are dull and drift in pitch, as those of a tape loop do.

    The delay glides to a new value within a quarter of a second, so that it is heard as a tape that
    speeds up, and not as a click.
    """
    uneven = pyo.Sine(freq=0.7, mul=0.004 * wow) + pyo.Sine(freq=5.3, mul=0.0006 * wow)
    length = pyo.Clip(pyo.Port(delay, 0.25, 0.25) + uneven, 0.01, LONGEST)
    echo = pyo.Delay(sound, delay=length, feedback=back * SAFE, maxdelay=LONGEST)
    worn = pyo.Tone(echo, freq=9000 * pyo.Pow(0.12, age))
    return pyo.Interp(sound, pyo.DCBlock(worn), interp=wet)


@hookimpl
def register_patches(register: RegisterOperation) -> None:
    """Offer it as ``tape(sound)``."""
    register(tape)
