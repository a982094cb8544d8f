"""How hard a phone is shaken, as a word of a set: ``shake()``."""

from __future__ import annotations

from collections.abc import Callable

from livegan.graph.signals.signal import Signal
from livegan.live import osc
from livegan.plugin import hookimpl


def shake(address: str = "/accxyz", fall: float = 0.3) -> Signal:
    """How hard a phone is shaken, 0..1; falls to 37 % in ``fall`` seconds.

    ``address`` is where it sends its acceleration: three numbers in g, as TouchOSC does.
    """
    # Before anything came it lies on a table: its own weight, downwards.
    x, y, z = osc(address, 0), osc(address, 1), osc(address, 2, default=1.0)
    force = (x * x + y * y + z * z) ** 0.5
    return abs(force - 1.0).clip().fall(fall)


@hookimpl
def register_words(register: Callable[..., object]) -> None:
    register(shake)
