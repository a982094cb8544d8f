"""``livegan generate``: one picture, painted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import size_option
from livegan.size import UNSAID, Size

TRUST = "Load TorchScript, or ONNX with its own operators. Such files are programs."


def generate(
    checkpoint: Annotated[str, typer.Argument(help="A model's name, or a checkpoint file.")],
    picture: Annotated[Path, typer.Option("--in", help="The condition, a picture file.")],
    out: Annotated[
        Path, typer.Option(help="The result: a .png, or a .npy of shape (3, H, W), 0..1.")
    ],
    norm: Annotated[
        str | None,
        typer.Option(
            help="Norm statistics: frame (as pix2pix tests) or running; the card's if not given."
        ),
    ] = None,
    precision: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    size: Annotated[
        Size, size_option("Size of the result in px; the picture's if not given.")
    ] = UNSAID,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    trust: Annotated[bool, typer.Option("--trust", help=TRUST)] = False,
) -> None:
    """Paint one picture with a checkpoint."""
    from livegan.engine.program.device import choose_device
    from livegan.generators import clash, find
    from livegan.generators.finding import model_folders
    from livegan.generators.generate import generate as paint

    for name, value, choices in (
        ("norm", norm or "frame", ("frame", "running")),
        ("precision", precision, ("auto", "float32", "bfloat16", "float16")),
    ):
        if value not in choices:
            fail(f"--{name} is one of {', '.join(choices)}, got {value!r}", 2)
    with clear_errors():
        here = Path.cwd()
        folders = model_folders(here / "set.py", here)
        path = find(checkpoint, folders)
        twice = clash(checkpoint, folders[:-1])  # the last is livegan's own
        if twice:
            typer.echo(twice.replace(f"{here}{os.sep}", ""), err=True)
        paint(
            path, picture, out, norm=norm, precision=precision, size=size or None,
            device=choose_device(device), trust=trust,
        )  # fmt: skip
    typer.echo(f"written: {short(out)}")
