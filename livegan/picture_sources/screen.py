"""A display of this machine as a picture: what another program shows there."""

from __future__ import annotations

import os
import sys

from livegan.picture_sources.grabbing import Grabber
from livegan.picture_sources.source import PictureSourceError, Wanted

RATE = "30"


def open_screen(argument: str, wanted: Wanted) -> Grabber:
    """A display by number; or, on Windows, the window whose title is ``argument``.

    Raises
    ------
    SourceError
        Where the system has no display that can be read; Wayland lets no program do so.
    """
    name = f"screen:{argument}" if argument else "screen"
    options = {"framerate": RATE}
    if sys.platform == "win32":
        file = f"title={argument}" if argument and not argument.isdigit() else "desktop"
        return Grabber(name, file, wanted, format="gdigrab", options=options)
    if sys.platform == "darwin":
        number = argument if argument.isdigit() else "0"
        options["pixel_format"] = "nv12"
        file = f"Capture screen {number}"
        return Grabber(name, file, wanted, format="avfoundation", options=options)
    if argument and not argument.isdigit():
        raise PictureSourceError(
            f"{name}: windows by title are found on Windows only; name a display, screen(0)"
        )
    display = os.environ.get("DISPLAY", "")
    if not display:
        raise PictureSourceError(f"{name}: there is no X display to read (DISPLAY is not set)")
    server, _, own = (
        display.rpartition(".") if "." in display.rpartition(":")[2] else (display, "", "")
    )
    file = f"{server}.{argument or own or '0'}"
    return Grabber(name, file, wanted, format="x11grab", options=options | {"draw_mouse": "0"})
