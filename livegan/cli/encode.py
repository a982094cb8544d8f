"""``livegan encode``: one condition, drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import size_option
from livegan.size import UNSAID, Size


def encode(
    name: Annotated[str, typer.Argument(help="An encoder. `livegan plugins` lists them.")],
    audio: Annotated[str, typer.Option(help='A sound or film file, or "demo".')],
    at: Annotated[float, typer.Option(min=0, help="The moment to draw, in seconds.")],
    out: Annotated[Path, typer.Option(help="The picture to write, a PNG.")],
    size: Annotated[Size, size_option("Size of the picture in pixels; 256 if not given.")] = UNSAID,
    set: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A parameter of the encoder.")
    ] = None,
) -> None:
    """Draw the condition of one moment as a picture."""
    from livegan.engine.program.single_condition import draw_condition
    from livegan.saving import save_png
    from livegan.sound.sources import recorded

    if out.suffix.lower() != ".png":
        fail(f"--out {out}: a condition is a PNG; name it {out.stem or 'picture'}.png", 2)
    with clear_errors():
        path = recorded(audio)
        pixels = draw_condition(name, path, at, size or Size.square(256), values_of(set or []))
        save_png(out, pixels)
    typer.echo(f"written: {short(out)}")


def values_of(texts: list[str]) -> dict[str, Any]:
    """``["seconds=5", "shape=dots"]`` as parameters: numbers where they are numbers."""
    values: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            fail(f"--set {text}: write KEY=VALUE, such as seconds=5", 2)
        try:
            values[name] = float(value)
        except ValueError:
            values[name] = {"true": True, "false": False}.get(value.lower(), value)
    return values
