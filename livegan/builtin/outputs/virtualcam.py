"""A virtual camera: pictures as a webcam that browsers, video calls and OBS can choose.

Through pyvirtualcam, which needs a camera that another program installs: OBS on Windows and macOS,
v4l2loopback on Linux.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.stage.streams.formats import Format

SIZE = 1280, 720
"""Width and height unless the name says otherwise: what video calls expect of a camera."""
RATE = 30.0
FIRST = "livegan"
"""The name that means the first virtual camera there is; also that of ``virtualcam=True``."""
MISSING = "a virtual camera needs the package pyvirtualcam: pip install 'livegan[virtualcam]'"
INSTALL = (
    "install OBS 30 and start its virtual camera once (Windows, macOS), or load v4l2loopback "
    "(Linux: sudo modprobe v4l2loopback card_label=livegan exclusive_caps=1)"
)


def camera_named(text: str) -> tuple[str | None, tuple[int, int]]:
    """The device, None for the first, and width and height of ``"DEVICE 1920x1080"``.

    Raises
    ------
    RuntimeError
        For a size that no camera has; the message is one line.
    """
    name, size = text.strip(), SIZE
    found = re.search(r"(?:^|\s)(\d+)x(\d+)$", name)
    if found:
        name, size = name[: found.start()], (int(found[1]), int(found[2]))
        if not all(16 <= side <= 8192 and side % 2 == 0 for side in size):
            raise RuntimeError(
                f"virtual camera: {found[0].strip()} is no size of a camera; "
                "write even numbers, such as 1280x720"
            )
    return (None if name in ("", FIRST) else name), size


class VirtualCamera:
    """One virtual camera of a fixed size, with black beside pictures of another shape."""

    def __init__(self, camera: Any) -> None:
        self._camera = camera
        self.format = Format("rgb", size=(camera.width, camera.height))

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Send a (H, W, 3) uint8 picture of the camera's size; RuntimeError if not taken."""
        try:
            self._camera.send(np.ascontiguousarray(pixels))
        except Exception as error:
            raise RuntimeError(f"virtual camera: a picture was not taken ({error})") from None

    def close(self) -> None:
        """Let go of the device."""
        self._camera.close()


def open_virtualcam(name: str, *, note: Callable[[str], None]) -> VirtualCamera:
    """The virtual camera ``"DEVICE WIDTHxHEIGHT"``; both parts may be left out.

    Raises
    ------
    RuntimeError
        In one line, without pyvirtualcam or without such a device.
    """
    device, (width, height) = camera_named(name)
    try:
        import pyvirtualcam
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError)
        raise RuntimeError(MISSING if missing else f"virtual camera: {error}") from None
    try:
        camera = pyvirtualcam.Camera(width, height, RATE, device=device)
    except Exception as error:
        # The rest of what pyvirtualcam says is how to install one, as here.
        why = " ".join(str(error).split()).partition(". ")[0]
        what = f"virtual camera {device!r}" if device else "virtual camera"
        raise RuntimeError(f"{what}: there is none to open ({why}); {INSTALL}") from None
    note(f"choose the camera {camera.device} in the other program ({width}x{height})")
    return VirtualCamera(camera)
