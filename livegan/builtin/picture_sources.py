"""The built-in live picture sources, registered like any plugin's."""

from __future__ import annotations

import sys
from typing import Any

from livegan.plugin import RegisterOffer, hookimpl


def open_camera(argument: str, wanted: Any) -> Any:
    """A camera, read by PyAV."""
    from livegan.picture_sources.camera import open_camera

    return open_camera(argument, wanted)


def open_screen(argument: str, wanted: Any) -> Any:
    """A display of this machine, read by PyAV."""
    from livegan.picture_sources.screen import open_screen

    return open_screen(argument, wanted)


def open_ndi(argument: str, wanted: Any, *, note: Any) -> Any:
    """An NDI sender of the local network, read by cyndilib."""
    from livegan.picture_sources.ndi import open_ndi

    return open_ndi(argument, wanted, note=note)


def open_spout_in(argument: str, wanted: Any, *, note: Any) -> Any:
    """A Spout sender of this machine (Windows), read by SpoutGL."""
    from livegan.picture_sources.spout import open_spout_in

    return open_spout_in(argument, wanted, note=note)


def open_syphon_in(argument: str, wanted: Any, *, note: Any) -> Any:
    """A Syphon server of this machine (macOS), read by syphon-python."""
    from livegan.picture_sources.syphon import open_syphon_in

    return open_syphon_in(argument, wanted, note=note)


def open_texture_in(argument: str, wanted: Any, *, note: Any) -> Any:
    """A texture that another program of this machine shares: Spout or Syphon."""
    from livegan.picture_sources.source import Unavailable

    opened = {"win32": open_spout_in, "darwin": open_syphon_in}.get(sys.platform)
    if opened is None:
        raise Unavailable(
            "programs share textures by Spout (Windows) and Syphon (macOS); use ndi_in(...) here"
        )
    return opened(argument, wanted, note=note)


@hookimpl
def register_picture_sources(register: RegisterOffer) -> None:
    """Offer cameras, displays, NDI senders and textures of other programs."""
    about = "a camera, by part of its name or its number"
    register(open_camera, "camera", about, example="test")
    register(open_screen, "screen", "a display of this machine, by its number")
    register(open_ndi, "ndi_in", 'an NDI sender, by part of its name: ndi_in("Resolume")')
    register(open_spout_in, "spout_in", "a Spout sender, by part of its name (Windows)")
    register(open_syphon_in, "syphon_in", "a Syphon server, by part of its name (macOS)")
    register(
        open_texture_in,
        "texture_in",
        "a texture that another program shares: Spout on Windows, Syphon on macOS",
    )
