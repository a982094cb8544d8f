"""The built-in live picture sources, registered like any plugin's."""

from __future__ import annotations

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


@hookimpl
def register_picture_sources(register: RegisterOffer) -> None:
    """Offer cameras, displays and NDI senders."""
    about = "a camera, by part of its name or its number"
    register(open_camera, "camera", about, example="test")
    register(open_screen, "screen", "a display of this machine, by its number")
    register(open_ndi, "ndi_in", 'an NDI sender, by part of its name: ndi_in("Resolume")')
