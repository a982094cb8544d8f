"""Frames of an operation, and what is wrong with one."""

from __future__ import annotations

import math
from typing import Any

import torch

from livegan.plugin import Operation
from livegan.testing.blame import doing
from livegan.testing.playing import Play
from livegan.testing.rows import Flaw

ALL = ("encoder", "mixer", "signal")
DRAWN = ("encoder", "mixer")
START = 1.0
"""Seconds of sound before the first frame of a check."""


def takes_pictures(operation: Operation) -> bool:
    """Whether pictures are among its inputs."""
    return bool(operation.pictures)


def listens(operation: Operation) -> bool:
    """Whether the sound is among its inputs."""
    return operation.listens


def repeats(operation: Operation) -> bool:
    """Whether it draws the same moment twice alike: what follows the outside world need not."""
    return not operation.live


def drawn(play: Play, seconds: float, did: str, change: str, /, **values: Any) -> Any:
    """A frame, or a :class:`Flaw` if there is none, or it is not a number."""
    with doing(did, change):
        frame = play.at(seconds, **values)
    if play.operation.kind == "signal":
        check_number(play, did)
    elif not finite(frame):
        raise Flaw(
            did,
            "the picture has values that are not numbers, or infinite",
            "look for a division by zero, a logarithm or root of what may be zero or less",
        )
    return frame


def finite(picture: torch.Tensor) -> bool:
    """Whether every value is a number."""
    return bool(torch.isfinite(picture.sum()))


def check_number(play: Play, did: str) -> None:
    """A :class:`Flaw` unless the plugin returned a finite number."""
    try:
        value = float(play.returned)
    except (TypeError, ValueError):
        found = type(play.returned).__name__
        raise Flaw(did, f"it returned a {found}", "return one number, a float") from None
    if not math.isfinite(value):
        raise Flaw(did, f"it returned {value}", "guard divisions and logarithms against zero")
