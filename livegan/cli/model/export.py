"""``livegan export``: a model for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import size_option
from livegan.size import UNSAID, Size


def export(
    model: Annotated[str, typer.Argument(help="A model's name, or a checkpoint file.")],
    to: Annotated[str, typer.Option(help="pth (for the pix2pix project) or onnx.")],
    out: Annotated[
        Path | None,
        typer.Option(help="checkpoints/NAME/latest_net_G.pth or NAME.onnx if not given."),
    ] = None,
    size: Annotated[
        Size, size_option("Fix the size in pixels, such as 512 or 640x384; any size if not given.")
    ] = UNSAID,
    norm: Annotated[
        str | None,
        typer.Option(
            help="Norm statistics: frame (as pix2pix tests) or running; the card's if not given."
        ),
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Write a model for another program, as .pth (pix2pix project) or ONNX."""
    if to not in ("pth", "onnx"):
        fail(f"--to is one of pth, onnx, got {to!r}", 2)
    if norm not in (None, "frame", "running"):
        fail(f"--norm is one of frame, running, got {norm!r}", 2)
    from livegan.generators import find, load
    from livegan.generators.export import export as write
    from livegan.generators.finding import model_folders
    from livegan.generators.pix2pix import test_options

    with clear_errors():
        here = Path.cwd()
        checkpoint = load(find(model, model_folders(here / "set.py", here)))
        name = checkpoint.name
        usual = Path("checkpoints", name, "latest_net_G.pth") if to == "pth" else f"{name}.onnx"
        written = write(checkpoint, out or usual, to, norm=norm, size=size or None, force=force)
        typer.echo(f"written: {short(written)}")
        if to == "pth":
            options = test_options(checkpoint, norm=norm, size=size)
            typer.echo(
                "in the pix2pix project, as checkpoints/NAME/latest_net_G.pth:\n"
                f"python test.py --dataroot CONDITIONS --name {name} {options}"
            )
