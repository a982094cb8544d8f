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


@hookimpl
def register_picture_sources(register: RegisterOffer) -> None:
    """Offer cameras and displays."""
    about = "a camera, by part of its name or its number"
    register(open_camera, "camera", about, example="test")
    register(open_screen, "screen", "a display of this machine, by its number")
