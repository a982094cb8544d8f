"""syphon-python as its macOS wheel takes calls, with the servers of one imagined Mac."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

WHEEL = json.loads(Path(__file__).with_name("syphon_signatures.json").read_text())
RGBA, BGRA = 70, 80


def bound(said: dict[str, Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Raises TypeError if a function of the wheel would not take these arguments."""
    kind = inspect.Parameter
    rows = [
        kind(n, kind.POSITIONAL_OR_KEYWORD, default=kind.empty if n in said["needed"] else None)
        for n in said["names"]
    ]
    rows += [kind(n, kind.KEYWORD_ONLY, default=None) for n in said["by name"]]
    inspect.Signature(rows).bind(*arguments, **named)


def known(name: str) -> dict[str, Any]:
    """What a class of the wheel has, with what it inherits."""
    said = WHEEL["classes"][name]
    merged = {"methods": {}, "properties": [], "attributes": []}
    for part in [known(base) for base in said["bases"] if base in WHEEL["classes"]] + [said]:
        merged["methods"] |= part["methods"]
        merged["properties"] += part["properties"]
        merged["attributes"] += part["attributes"]
    return merged


class Checked:
    """An object of a class of the wheel: other names and other arguments are errors."""

    def __init__(self, kind: str, does: Any, arguments: tuple[Any, ...]) -> None:
        said = known(kind)
        bound(said["methods"]["__init__"], (self, *arguments), {})
        object.__setattr__(self, "_said", (kind, said, does))

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_"):
            return object.__getattribute__(self, name)
        kind, said, does = self._said
        if name in said["methods"]:

            def call(*arguments: Any, **named: Any) -> Any:
                bound(said["methods"][name], (self, *arguments), named)
                return getattr(does, name)(*arguments, **named)

            return call
        if name in said["properties"] or name in said["attributes"]:
            return getattr(does, name)
        raise AttributeError(f"{kind} of {WHEEL['wheel']} has no {name}")

    def __setattr__(self, name: str, value: Any) -> None:
        kind, said, does = self._said
        assert name in said["attributes"], f"{kind} has no {name}"
        setattr(does, name, value)


class Texture:
    """A Metal texture in memory."""

    def __init__(self, width: int, height: int, layout: int) -> None:
        self.layout, self.bytes = layout, np.zeros((height, width, 4), np.uint8)

    def pixelFormat(self) -> int:
        return self.layout

    def width(self) -> int:
        return self.bytes.shape[1]

    def height(self) -> int:
        return self.bytes.shape[0]


class Server:
    """One server: its surface is BGRA, as Syphon's are."""

    def __init__(self, mac: FakeSyphon, name: str, app: str = "livegan") -> None:
        self.mac, self.name, self.app_name = mac, name, app
        self.device = "Metal"
        self.surface: Texture | None = None
        self.frame = 0
        self.has_clients = False

    def publish_frame_texture(self, texture: Texture, is_flipped: bool = False) -> None:
        rows = texture.bytes[::-1] if is_flipped else texture.bytes
        self.surface = Texture(texture.width(), texture.height(), BGRA)
        self.surface.bytes[:] = rows if texture.layout == BGRA else rows[..., [2, 1, 0, 3]]
        self.frame += 1

    def show(self, upright: np.ndarray) -> None:
        """Publish RGBA pixels as an OpenGL program does: bottom row first."""
        height, width, _ = upright.shape
        texture = Texture(width, height, RGBA)
        texture.bytes[:] = upright[::-1]
        self.publish_frame_texture(texture)

    def stop(self) -> None:
        self.mac.servers = [server for server in self.mac.servers if server is not self]


class Client:
    def __init__(self, server: Server) -> None:
        self._server, self._frame = server, 0

    @property
    def is_valid(self) -> bool:
        return self._server in self._server.mac.servers

    @property
    def has_new_frame(self) -> bool:
        return self._server.frame > self._frame

    @property
    def new_frame_image(self) -> Texture | None:
        self._frame = self._server.frame
        return self._server.surface

    def stop(self) -> None:
        self._server.mac.stopped += 1


class FakeSyphon:
    """What livegan uses of syphon-python, and the servers there are."""

    def __init__(self) -> None:
        self.servers: list[Server] = []
        self.stopped = self.turned = 0

    def server(self, name: str, app: str) -> Server:
        """Another program's server."""
        self.servers.append(Server(self, name, app))
        return self.servers[-1]

    def SyphonMetalServer(self, *arguments: Any) -> Any:
        self.servers.append(Server(self, arguments[0]))
        return Checked("SyphonMetalServer", self.servers[-1], arguments)

    def SyphonMetalClient(self, *arguments: Any) -> Any:
        return Checked("SyphonMetalClient", Client(arguments[0].raw), arguments)

    def SyphonServerDirectory(self, *arguments: Any) -> Any:
        mac = self

        class Directory:
            run_loop_interval = 1.0
            found: tuple[Server, ...] = ()

            @property
            def servers(self) -> list[Any]:
                self.update_run_loop()
                return [
                    SimpleNamespace(
                        uuid="", name=server.name, app_name=server.app_name, icon=None, raw=server
                    )
                    for server in self.found
                ]

            def update_run_loop(self) -> None:
                assert self.run_loop_interval < 0.01, "a frame would wait for it"
                self.found = tuple(mac.servers)
                mac.turned += 1

            def close(self) -> None:
                pass

        return Checked("SyphonServerDirectory", Directory(), arguments)

    def create_mtl_texture(self, *arguments: Any) -> Texture:
        bound(WHEEL["functions"]["create_mtl_texture"], arguments, {})
        return Texture(arguments[1], arguments[2], RGBA)

    def copy_image_to_mtl_texture(self, *arguments: Any) -> None:
        bound(WHEEL["functions"]["copy_image_to_mtl_texture"], arguments, {})
        image, texture = arguments
        texture.bytes[:] = image

    def copy_mtl_texture_to_image(self, *arguments: Any) -> np.ndarray:
        bound(WHEEL["functions"]["copy_mtl_texture_to_image"], arguments, {})
        return np.array(arguments[0].bytes)
