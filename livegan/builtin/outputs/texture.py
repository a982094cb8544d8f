"""Textures that programs on one machine share: Spout on Windows, Syphon on macOS."""

from __future__ import annotations

import sys
from typing import Any

from livegan.builtin.outputs.spout import open_spout
from livegan.builtin.outputs.syphon import open_syphon

SHARING = {"win32": open_spout, "darwin": open_syphon}


def open_texture(name: str) -> Any:
    """What this system has of Spout and Syphon. Raises RuntimeError, in one line, elsewhere."""
    shared = SHARING.get(sys.platform)
    if shared is None:
        raise RuntimeError(
            "programs share textures by Spout (Windows) and Syphon (macOS); here, show(..., "
            f"ndi={name!r}) sends to other programs"
        )
    return shared(name)
