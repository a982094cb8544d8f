"""A plugin that reads where no memory is."""

from __future__ import annotations

import ctypes
from typing import Any

from livegan.plugin import hookimpl


def abyss(sound: Any) -> Any:
    """Whatever lies at address zero."""
    return ctypes.string_at(0)


@hookimpl
def register_encoders(register: Any) -> None:
    register(abyss)
