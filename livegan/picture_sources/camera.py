"""Cameras, by the system's own interface: Video4Linux, DirectShow, AVFoundation."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass

import av

from livegan.picture_sources.grabbing import Grabber
from livegan.picture_sources.source import TEST, PictureSourceError, Wanted

FORMATS = {"linux": "v4l2", "win32": "dshow", "darwin": "avfoundation"}
PATTERN = "testsrc2=size=1280x720:rate=30,realtime"


@dataclass(frozen=True)
class Camera:
    """A camera that is there: ``name`` for people, ``file`` for PyAV, numbered from 0."""

    number: int
    name: str
    file: str


def cameras() -> list[Camera]:
    """The cameras of this machine, in the system's order; empty where it cannot tell."""
    format = FORMATS.get(sys.platform)
    if format is None:
        return []
    try:
        found = av.enumerate_input_devices(format)
    except (av.FFmpegError, ValueError, OSError):
        return []
    listed: list[Camera] = []
    for device in found:
        types = [str(t) for t in getattr(device, "media_types", ()) or ()]
        if types and "video" not in types:
            continue
        label = device.description or device.name
        if re.match(r"capture screen", label, re.I):  # AVFoundation lists displays as well
            continue
        number = len(listed)
        file = {"dshow": f"video={label}", "avfoundation": str(number)}.get(format, device.name)
        listed.append(Camera(number, label, file))
    return listed


def find_camera(wanted: str, there: list[Camera]) -> Camera:
    """The first camera, or the one of that number, name or part of a name.

    Raises
    ------
    SourceError
        If there is none; the message lists those that are there.
    """
    if not there:
        raise PictureSourceError(
            "there is no camera here: plug one in (`livegan devices` lists them)"
        )
    if not wanted:
        return there[0]
    listed = "; ".join(f"{c.number}: {c.name}" for c in there)
    if wanted.isdigit():
        for camera in there:
            if camera.number == int(wanted):
                return camera
        raise PictureSourceError(f"there is no camera {wanted}; there is {listed}")
    plain = _plain(wanted)
    for same in (lambda n: n == plain, lambda n: plain in n, lambda n: n in plain):
        found = [c for c in there if same(_plain(c.name)) or c.file == wanted]
        if found:
            return found[0]
    raise PictureSourceError(f"no camera is called {wanted!r}; there is {listed}")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def open_camera(argument: str, wanted: Wanted) -> Grabber:
    """A camera by number or part of its name, the first one if ``argument`` is empty."""
    if argument == TEST:
        return Grabber("camera:test", PATTERN, wanted, format="lavfi")
    camera = find_camera(argument, cameras())
    format = FORMATS[sys.platform]
    tries: list[dict[str, str]] = [{}]
    if format == "avfoundation":
        tries = [{"framerate": "30", "pixel_format": "nv12"}, {"framerate": "30"}]
    elif format == "v4l2":
        tries = [{"input_format": "mjpeg", "video_size": "1280x720"}, {"framerate": "30"}, {}]
    elif format == "dshow":
        tries = [{"video_size": "1280x720", "framerate": "30"}, {}]
    error = PictureSourceError(f"{camera.name}: cannot be opened")
    for options in tries:
        try:
            return Grabber(camera.name, camera.file, wanted, format=format, options=options)
        except PictureSourceError as refused:
            error = refused
    raise error
