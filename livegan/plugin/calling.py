"""Calling functions of plugins with only the arguments that they name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def taken(function: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """The given arguments that an implementation names."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    return {name: value for name, value in given.items() if name in parameters}
