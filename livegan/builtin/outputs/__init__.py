"""The built-in outputs: where a picture is shown besides the window."""

from __future__ import annotations

from typing import Any

from livegan.builtin.outputs.spout import open_spout
from livegan.plugin.hookspecs import hookimpl


@hookimpl
def register_outputs(register: Any) -> None:
    register("spout", open_spout, "a texture shared with other programs, on Windows")
