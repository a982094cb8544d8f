"""Whether a value that came over a pipe is of a type."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type: numbers, words, None, choices, and lists and dicts of them."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if origin is Literal:
        return value in inside
    if origin in (Union, types.UnionType):
        return any(fits(value, part) for part in inside)
    if origin in (list, Sequence):
        return isinstance(value, (list, tuple)) and all(fits(item, inside[0]) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            fits(k, inside[0]) and fits(v, inside[1]) for k, v in value.items()
        )
    return isinstance(value, hint)
