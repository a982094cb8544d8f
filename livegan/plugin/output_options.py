"""Options of outputs: what a set says of an output besides its name, as ``show(a, window="left",
display=1)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

OptionValue = str | int | float
GIVEN = ("note", "folder", "set", "sound", "tell")
"""What livegan itself gives to a function that opens an output, if it names it."""


def options_of(opener: Callable[..., Any]) -> tuple[str, ...]:
    """The options that an output takes: its arguments that may be given by name only, but for
    what livegan gives itself."""
    try:
        parameters = inspect.signature(opener).parameters.values()
    except (TypeError, ValueError):
        return ()
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    return tuple(name for name in named if name not in GIVEN)
