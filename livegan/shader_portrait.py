"""Shader files as pictures: each is drawn by itself, from the demo track and two pictures.

The pictures of `livegan plugins show FILE.fs` and of the gallery's shaders.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from livegan import portrait, saving
from livegan.engine.commit.script import Refusal
from livegan.portrait import NoPortrait, Pixels, SetLine
from livegan.shaders.reading import read_shader
from livegan.shaders.shader import Shader, ShaderError
from livegan.size import Written

SUFFIXES = (".fs", ".frag", ".glsl", ".isf")
"""Names of shader files end so."""
HALF_WAY = "progress"
"""A transition is drawn in its middle: at 0, it shows the first picture alone."""


@dataclass(frozen=True)
class ShaderFile:
    """A shader file, and the name by which a set finds it."""

    name: str
    path: Path

    @property
    def kind(self) -> str:
        """As operations and offers have one."""
        return "shader"

    def read(self) -> Shader:
        """What is in it; raises `ShaderError`."""
        return read_shader(self.path)


def shader_files(folder: Path, named: str = "") -> list[ShaderFile]:
    """The shader files in a folder and in those below it, by name.

    ``named`` is how a set calls the folder; without it, as from the working folder.
    """
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")
    )
    if not named:
        whole, here = folder.resolve(), Path.cwd().resolve()
        inside = whole.is_relative_to(here)
        named = (whole.relative_to(here) if inside else whole).as_posix()
    return [ShaderFile(f"{named}/{path.relative_to(folder).as_posix()}", path) for path in files]


def line_of(name: str, shader: Shader) -> str:
    """How a set calls it, with the values that it has by itself and the pictures ``a`` and ``b``"""
    count = len(shader.pictures)
    given = [f'"{name}"', *("ab" * count)[:count]]
    if count == 2 and any(value.param.name == HALF_WAY for value in shader.values):
        given.append(f"{HALF_WAY}=0.5")
    return f"shader({', '.join(given)})"


def draw(
    file: ShaderFile, folder: Path, pictures: Sequence[Pixels] = (), *, size: Written = 256
) -> Pixels:
    """What a shader draws after a second and a half of the demo track, (H, W, 3) uint8.

    Parameters
    ----------
    folder : the working folder.
    pictures : ``a`` and ``b``, as `portrait.draw` draws them; they are drawn here if the shader
        takes any and none are given.

    Raises
    ------
    NoPortrait
        If it is no shader, has a mistake, or cannot be painted on this machine; one line.
    """
    try:
        shader = file.read()
        if shader.pictures and not pictures:
            pictures = painted(folder, size)
        with tempfile.TemporaryDirectory() as name:
            before = ""
            for each, pixels in zip("ab", pictures, strict=False):
                saving.save_png(Path(name) / f"{each}.png", pixels)
                before += f"{each} = picture({str(Path(name) / f'{each}.png')!r})\n"
            text = line_of("", shader).replace('""', repr(str(file.path.resolve())), 1)
            line = SetLine(text, "shader", moves=True, alone=True)
            return portrait.draw([line], folder, size=size, before=before)[0]
    except ShaderError as error:
        raise NoPortrait(f"{file.name}:{error.line}: {error.reason}") from None
    except Refusal as refusal:
        where = f"{file.name}:{refusal.place.line}" if refusal.place else file.name
        raise NoPortrait(f"{where}: {refusal.reason}") from None


def painted(folder: Path, size: Written) -> list[Pixels]:
    """The two pictures that filters and transitions are shown with: ``a`` and ``b`` of mixers."""
    return portrait.draw([SetLine(name, "mixer") for name in "ab"], folder, size=size)
