"""The built-in outputs: where a picture is shown besides the window."""

from __future__ import annotations

from livegan.builtin.outputs.spout import open_spout
from livegan.plugin.hookspecs import RegisterOffer, hookimpl


@hookimpl
def register_outputs(register: RegisterOffer) -> None:
    register(
        open_spout, "spout", "name of a Spout sender, a texture that other programs see (Windows)"
    )
