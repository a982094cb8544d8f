"""``livegan plugins show``: one thing that a plugin offers, with its picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import size_option
from livegan.cli.console.terminal import terminal
from livegan.cli.plugins import shader
from livegan.cli.plugins.parameters import print_parameters
from livegan.cli.plugins.shader import is_shader
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.plugin import Operation
    from livegan.plugin.catalogue import Offer
    from livegan.plugin.registry import Registry

PREVIEW = Size.square(36)
"""Characters across of the picture in the terminal; it is half as many lines high."""


def show(
    name: Annotated[
        str, typer.Argument(help="The name that a set uses, PACKAGE:NAME, or a shader file.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write its picture, drawn from the demo track, as PNG or JPEG."),
    ] = None,
    size: Annotated[Size, size_option("Size of the picture in pixels: 256 if not given.")] = UNSAID,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show one thing that a plugin offers, with its parameters and its picture."""
    if is_shader(name):
        read, console = shader.read(name), terminal()
        if as_json:
            typer.echo(json.dumps([shader.as_data(name, read)]))
        else:
            shader.card(name, read, console)
        if out is not None or (console.is_terminal and not as_json):
            pixels = shader.picture(name, size or Size.square(256), out is not None)
            if pixels is not None:
                finish(pixels, out, console)
        return
    from livegan.plugin import registry

    loaded = registry.Registry().load(Path.cwd() / "plugins")
    registry.use(loaded)
    found = loaded.find(name)
    if not found:
        fail(missing(loaded, name))
    if as_json:
        typer.echo(json.dumps([as_data(thing) for thing in found]))
        if out is None:
            return

    console = terminal()
    for thing in found:
        if not as_json:
            card(thing, console)
        if out is not None or (console.is_terminal and not as_json):
            drawn(thing, out, size or Size.square(256), console)


def missing(loaded: Registry, name: str) -> str:
    """What to say of a name that nothing has; with the closest, and plugins that were refused."""
    from livegan.plugin.closest import suggestion

    known = {n for _, _, n in loaded.full}
    said = f"no plugin offers anything called {name!r}" + suggestion(name, known)
    refused = [str(problem) for problem in loaded.problems]
    return "\n".join([said, *refused])


def as_data(thing: Operation | Offer) -> dict[str, Any]:
    """All that is known of it, as JSON takes it."""
    from livegan.plugin.catalogue import package_of, where_of
    from livegan.plugin.declare import Operation

    data: dict[str, Any] = {"kind": thing.kind, "name": thing.name, "package": package_of(thing)}
    data["where"] = where_of(thing)
    data["line"] = call(thing)
    if not isinstance(thing, Operation):
        return {**data, "version": thing.version, "summary": thing.summary}
    data |= {"version": thing.origin.version, "summary": thing.summary, "doc": thing.doc}
    data["aliases"] = list(thing.aliases)
    data["parameters"] = [
        {
            "name": p.name,
            "type": p.type,
            "default": p.default,
            "low": p.low,
            "high": p.high,
            "unit": p.unit,
            "choices": list(p.choices),
            "doc": p.doc,
            "rebuilds": not p.live,
        }
        for p in thing.params
    ]
    return data


def call(thing: Operation | Offer) -> str:
    """How a set, or the command line, names it."""
    from livegan import portrait
    from livegan.plugin.declare import Operation

    if isinstance(thing, Operation):
        return portrait.line_of(thing).text
    if thing.kind == "picture_source":
        return portrait.source_line(thing)
    return {
        "word": f"{thing.name}(...)",
        "source": f"livegan perform --audio {thing.name}",
        "output": f'show(picture, {thing.name}="NAME")',
        "loader": f'model("NAME", picture)    # models/NAME.{thing.name}',
        "backend": f'model("NAME", picture, backend="{thing.name}")',
        "command": f"livegan {thing.name}",
        "move": f"livegan perform --autopilot {thing.plugin}",
    }[thing.kind]


def card(thing: Operation | Offer, console: Any) -> None:
    """Print it: what, whose, how it is called, and its parameters."""
    from rich.table import Table
    from rich.text import Text

    from livegan.plugin.catalogue import package_of, where_of
    from livegan.plugin.declare import Operation

    version = thing.origin.version if isinstance(thing, Operation) else thing.version
    doc = thing.doc if isinstance(thing, Operation) else thing.summary
    rows = {"from": f"{package_of(thing)} {version}".strip(), "file": short(where_of(thing))}
    typed = thing.kind in ("source", "command", "move")
    rows["typed" if typed else "in a set"] = call(thing)
    if isinstance(thing, Operation) and thing.aliases:
        rows["also"] = ", ".join(thing.aliases)
    console.print(Text.assemble((f"{thing.kind} {thing.name}", "bold")))
    console.print(Text(f"\n{doc.strip()}\n"))
    table = Table(show_header=False, box=None)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in rows.items():
        table.add_row(key, Text(value))
    console.print(table)
    if isinstance(thing, Operation):
        print_parameters(thing.params, console)


def drawn(thing: Operation | Offer, out: Path | None, size: Size, console: Any) -> None:
    """Draw its picture: into a file, else into the terminal."""
    from livegan import portrait
    from livegan.plugin.declare import Operation

    if not isinstance(thing, Operation) and thing.kind != "picture_source":
        if out is not None:
            article = "an" if thing.kind[0] in "eo" else "a"
            fail(f"--out {out}: {article} {thing.kind} draws no picture of its own")
        return
    if not isinstance(thing, Operation) and out is None and not thing.example:
        return  # a camera is opened only if its picture is asked for
    with clear_errors():
        if isinstance(thing, Operation):
            pixels = portrait.draw([portrait.line_of(thing)], Path.cwd(), size=size)[0]
        else:
            pixels = portrait.first_picture(thing, size)
    finish(pixels, out, console)


def finish(pixels: Any, out: Path | None, console: Any) -> None:
    """Show a picture: into a file, and into the terminal where there is one."""
    from livegan import portrait

    with clear_errors():
        if out is not None:
            portrait.save_picture(out, pixels)
            typer.echo(f"written: {short(out)}", err=True)
    if console.is_terminal:
        console.print(blocks(portrait.fitted(pixels, PREVIEW)))


def blocks(pixels: Any) -> Any:
    """A (H, W, 3) picture as text: each character is two pixels, one above the other."""
    from rich.color import Color
    from rich.style import Style
    from rich.text import Text

    text = Text()
    for above, below in zip(pixels[::2], pixels[1::2], strict=True):
        for upper, lower in zip(above.tolist(), below.tolist(), strict=True):
            style = Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
            text.append("▀", style)
        text.append("\n")
    return text
