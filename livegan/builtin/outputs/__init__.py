"""The built-in outputs: where a picture is shown besides the window."""

from __future__ import annotations

from livegan.builtin.outputs.ndi import open_ndi
from livegan.builtin.outputs.rtmp import checked, open_rtmp
from livegan.builtin.outputs.spout import open_spout
from livegan.builtin.outputs.syphon import open_syphon
from livegan.builtin.outputs.texture import open_texture
from livegan.builtin.outputs.virtualcam import camera_named, open_virtualcam
from livegan.builtin.outputs.web import open_web, parsed
from livegan.builtin.outputs.window import open_window
from livegan.plugin.hookspecs import RegisterOffer, hookimpl


def spout_name(name: str) -> str:
    """What a Spout sender takes for itself, in words."""
    return f"the Spout name {name.strip()!r}"


def syphon_name(name: str) -> str:
    """Likewise a Syphon server."""
    return f"the Syphon name {name.strip()!r}"


@hookimpl
def register_outputs(register: RegisterOffer) -> None:
    register(
        open_spout,
        "spout",
        "name of a Spout sender, a texture that other programs see (Windows)",
        takes=lambda name: [spout_name(name)],
    )
    register(
        open_syphon,
        "syphon",
        "name of a Syphon server, a texture that other programs see (macOS)",
        takes=lambda name: [syphon_name(name)],
    )
    register(
        open_texture,
        "texture",
        "name of a texture for other programs: by Spout or by Syphon",
        takes=lambda name: [spout_name(name), syphon_name(name)],
    )
    register(
        open_ndi,
        "ndi",
        "name of an NDI sender, which programs in the local network see",
        takes=lambda name: [f"the NDI name {name.strip().casefold()!r}"],
    )
    register(
        open_virtualcam,
        "virtualcam",
        'a virtual camera, as a webcam for other programs: a device, a size, or "livegan"',
        check=camera_named,
        takes=lambda name: [f"the virtual camera {camera_named(name)[0] or 'that comes first'}"],
    )
    register(
        open_rtmp,
        "rtmp",
        'a streaming service: "rtmp://HOST/APP/$KEY", where KEY is an environment variable',
        check=checked,
        takes=lambda address: [f"the address {address.strip().rstrip('/')}"],
    )
    register(
        open_web,
        "web",
        'an address for browsers and OBS: "/live", "0.0.0.0:8080/live"',
        check=parsed,
        takes=lambda address: [f"port {parsed(address)[1]}"],
    )
    register(
        open_window,
        "window",
        "a window more, by its name; display=1 or a part of a display's name fills that display",
    )
