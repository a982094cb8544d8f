"""Backends: what runs a network.  torch is always there; others may be faster on this machine.

A slot's generator asks :mod:`.slot` for something that paints faster than torch; it is given
nothing while there is nothing, and torch paints.  `livegan.tuning` finds out what is fastest.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .backend import Backend, CannotPlay, NetworkSpec, Run

__all__ = ["Backend", "CannotPlay", "NetworkSpec", "Run"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(".backend", __name__), name)
