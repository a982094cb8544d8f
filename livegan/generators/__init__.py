"""Generators: checkpoints, what network they are, and painting with them.

What finds and lists models is imported without torch: each name is imported when it is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .architecture import Architecture
    from .cache import load
    from .card import Card, read_card
    from .checkpoint import Checkpoint, save_checkpoint
    from .errors import ModelError
    from .finding import available, clash, find
    from .networks.morph import MorphGenerator
    from .runner import Generator

__all__ = [
    "Architecture",
    "Card",
    "Checkpoint",
    "Generator",
    "ModelError",
    "MorphGenerator",
    "available",
    "clash",
    "find",
    "load",
    "read_card",
    "save_checkpoint",
]

_MODULES = {
    "Architecture": "architecture",
    "Card": "card",
    "Checkpoint": "checkpoint",
    "Generator": "runner",
    "ModelError": "errors",
    "MorphGenerator": "networks.morph",
    "available": "finding",
    "clash": "finding",
    "find": "finding",
    "load": "cache",
    "read_card": "card",
    "save_checkpoint": "checkpoint",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = found
    return found
