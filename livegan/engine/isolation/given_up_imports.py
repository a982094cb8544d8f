"""What a thread that is given up leaves half done in the process, and others would wait for."""

from __future__ import annotations

import importlib
import sys
from types import FrameType
from typing import Any

from livegan.plugin.source import is_own

BOOTSTRAP: Any = getattr(importlib, "_bootstrap", None)
"""How Python imports, where it is CPython's: others wait for a thread that imports the same."""


def importing(frame: FrameType | None) -> list[str]:
    """The modules that a thread which is at ``frame`` is in the middle of importing."""
    find = getattr(BOOTSTRAP, "_find_and_load", None)
    code, found = getattr(find, "__code__", None), []
    while frame is not None:
        if frame.f_code is code:
            found.append(str(frame.f_locals.get("name")))
        frame = frame.f_back
    return found


def let_import(frame: FrameType | None) -> None:
    """Let others import anew what a thread that does not come back is importing.

    Files of sets and plugins only: code of other packages may not bear being run twice at once.
    """
    for name in importing(frame):
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if spec is not None and is_own(name):
            del sys.modules[name]
            getattr(BOOTSTRAP, "_module_locks", {}).pop(name, None)
            # Should it come back, it unloads what has this name: not the one that is read by then.
            spec.name = f"{name} (given up)"
