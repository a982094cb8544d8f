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


@hookimpl
def register_outputs(register: RegisterOffer) -> None:
    register(
        open_spout, "spout", "name of a Spout sender, a texture that other programs see (Windows)"
    )
    register(
        open_syphon, "syphon", "name of a Syphon server, a texture that other programs see (macOS)"
    )
    register(open_texture, "texture", "name of a texture for other programs: by Spout or by Syphon")
    register(open_ndi, "ndi", "name of an NDI sender, which programs in the local network see")
    register(
        open_virtualcam,
        "virtualcam",
        'a virtual camera, as a webcam for other programs: a device, a size, or "livegan"',
        check=camera_named,
    )
    register(
        open_rtmp,
        "rtmp",
        'a streaming service: "rtmp://HOST/APP/$KEY", where KEY is an environment variable',
        check=checked,
    )
    register(
        open_web,
        "web",
        'an address for browsers and OBS: "/live", "0.0.0.0:8080/live"',
        check=parsed,
    )
    register(
        open_window,
        "window",
        "a window more, by its name; display=1 or a part of a display's name fills that display",
    )
