"""``livegan plugins show kaleido.fs``: what a shader file is given, as a set names it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from livegan.cli.console.failing import fail, short
from livegan.cli.plugins.parameters import print_parameters

if TYPE_CHECKING:
    from livegan.shaders.shader import Shader
    from livegan.size import Size


def is_shader(name: str) -> bool:
    """Whether a name is that of a shader file, rather than of what a plugin offers."""
    from livegan.shader_portrait import SUFFIXES

    return name.lower().endswith(SUFFIXES)


def read(name: str) -> Shader:
    """The shader of a file; ends the command if it is none."""
    from livegan.files import named
    from livegan.shaders.reading import read_shader
    from livegan.shaders.shader import ShaderError

    path = named(Path(name).expanduser())
    if not path.is_file():
        fail(f"there is no file {name!r}")
    try:
        return read_shader(path)
    except ShaderError as error:
        fail(f"{short(error.path)}:{error.line}: {error.reason}")


def line_of(name: str, shader: Shader) -> str:
    """How a set calls it."""
    given = [f'"{name}"', *(each.name for each in shader.pictures)]
    return f"shader({', '.join(given)})"


def picture(name: str, size: Size, asked: bool) -> Any:
    """What it draws, (H, W, 3) uint8. If it cannot be painted, a line says why, and the command
    ends if the picture was ``asked`` for."""
    from livegan.files import named
    from livegan.portrait import NoPortrait
    from livegan.shader_portrait import ShaderFile, draw

    try:
        return draw(ShaderFile(name, named(Path(name).expanduser())), Path.cwd(), size=size)
    except NoPortrait as error:
        if asked:
            fail(str(error))
        typer.echo(f"not drawn: {error}")
        return None


def as_data(name: str, shader: Shader) -> dict[str, Any]:
    """All that is known of it, as JSON takes it."""
    return {
        "kind": "shader",
        "dialect": shader.dialect,
        "file": str(shader.path),
        "line": line_of(name, shader),
        "doc": shader.doc,
        "pictures": [each.name for each in shader.pictures],
        "sounds": [{"name": each.name, "fed": each.kind} for each in shader.sounds],
        "passes": len(shader.passes),
        "parameters": [
            {
                "name": value.param.name,
                "type": value.kind,
                "default": value.param.default,
                "low": value.param.low,
                "high": value.param.high,
                "choices": dict(zip(value.labels, value.numbers, strict=False)),
                "doc": value.param.doc,
            }
            for value in shader.values
        ],
    }


def card(name: str, shader: Shader, console: Any) -> None:
    """Print it: what it is, how it is called, and what it is given."""
    from rich.text import Text

    passes = len(shader.passes)
    console.print(Text.assemble((f"{shader.dialect} shader {Path(name).name}", "bold")))
    console.print(Text(f"\n{shader.doc}\n" if shader.doc else ""))
    console.print(Text(f"in a set   {line_of(name, shader)}"))
    for sound in shader.sounds:
        console.print(Text(f"sound      {sound.name} is fed the {sound.kind}"))
    if passes > 1:
        console.print(Text(f"passes     {passes}"))
    print_parameters(shader.params, console)
