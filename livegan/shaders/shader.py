"""A shader, as it was read: what it is given, its passes, and its text in one dialect of GLSL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from livegan.plugin.parameter import Param
from livegan.shaders.expression import Expression

LARGEST = 1 << 20
"""Bytes of the largest file that is read as a shader."""

Kind = Literal["float", "bool", "event", "long", "color", "point2D", "vector"]


class ShaderError(Exception):
    """A file that is no shader which can be painted: what, and in which file and line.

    The line is 0 where no line is at fault, such as if OpenGL is missing.
    """

    def __init__(self, reason: str, path: Path, line: int = 1) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.reason, self.path, self.line = reason, path, line


@dataclass(frozen=True)
class ShaderValue:
    """One number, flag, choice, colour or point that a set gives to a shader.

    ``param`` has its default, range and meaning, and the name by which a set gives it; ``glsl`` is
    the uniform.
    """

    kind: Kind
    glsl: str
    param: Param
    numbers: tuple[int, ...] = ()
    """Of a ``long``: the values that it can have; empty if it can have any."""
    labels: tuple[str, ...] = ()
    """Of a ``long``: what those values are called."""
    pixels: bool = False
    """Of a ``point2D``: the shader is given it in pixels, and the set gives 0..1."""


@dataclass(frozen=True)
class PictureInput:
    """A picture that a set gives to a shader: its name in the set, and the sampler."""

    name: str
    glsl: str


@dataclass(frozen=True)
class SoundInput:
    """A sampler that is fed from the sound: its ``waveform``, its ``spectrum``, or both above each
    other (``shadertoy``), ``columns`` wide."""

    name: str
    glsl: str
    kind: Literal["waveform", "spectrum", "shadertoy"]
    columns: int = 512


@dataclass(frozen=True)
class Imported:
    """A picture file beside the shader."""

    glsl: str
    path: Path


@dataclass(frozen=True)
class Pass:
    """One drawing of the shader into a buffer; ``target`` "" is the picture itself."""

    target: str = ""
    width: Expression | None = None
    height: Expression | None = None
    persistent: bool = False
    floats: bool = False


@dataclass(frozen=True)
class Shader:
    """A shader file that was read.

    ``fragment`` and ``vertex`` are GLSL 3.30.  Their line numbers are those of ``path`` and
    ``vertex_path``.
    """

    path: Path
    dialect: Literal["ISF", "Shadertoy", "GLSL"]
    fragment: str
    vertex: str
    doc: str = ""
    values: tuple[ShaderValue, ...] = ()
    pictures: tuple[PictureInput, ...] = ()
    sounds: tuple[SoundInput, ...] = ()
    imported: tuple[Imported, ...] = ()
    passes: tuple[Pass, ...] = (Pass(),)
    vertex_path: Path | None = None
    clocks: dict[str, str] = field(default_factory=dict)
    """Uniforms that livegan sets in each frame: GLSL name → what it is, one of `CLOCKS`."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that it consists of."""
        vertex = (self.vertex_path,) if self.vertex_path else ()
        return (self.path, *vertex, *(each.path for each in self.imported))

    @property
    def params(self) -> tuple[Param, ...]:
        """What a set can give to it, besides pictures."""
        return tuple(value.param for value in self.values)

    def described(self) -> dict[str, Any]:
        """What `livegan.shaders.painter` needs to know, as JSON."""
        return {
            "fragment": self.fragment,
            "vertex": self.vertex,
            "clocks": self.clocks,
            "discards": "discard" in self.fragment,
            "imported": [[each.glsl, str(each.path)] for each in self.imported],
            "pictures": [each.glsl for each in self.pictures],
            "sounds": [[each.glsl, each.columns] for each in self.sounds],
            "passes": [
                {
                    "target": each.target,
                    "width": each.width.text if each.width else "",
                    "height": each.height.text if each.height else "",
                    "persistent": each.persistent,
                    "floats": each.floats,
                }
                for each in self.passes
            ],
        }


CLOCKS = ("time", "delta", "frame", "size", "size3", "date", "pass", "channels")
"""What livegan sets: seconds, seconds since the frame before, frames since it began, the size of
the buffer drawn into as two or three numbers, the date, the number of the pass, and the sizes of
Shadertoy's channels."""
