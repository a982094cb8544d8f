"""The built-in outputs: where a picture is shown besides the window."""

from __future__ import annotations

from typing import Any

from livegan.builtin.outputs.spout import open_spout
from livegan.plugin.hookspecs import hookimpl


@hookimpl
def register_outputs(register: Any) -> None:
    register(
        "spout", open_spout, "name of a Spout sender, a texture that other programs see (Windows)"
    )
