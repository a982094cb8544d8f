"""``livegan plugins stubs``: what editors complete a set from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short


def stubs(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The working folder, with sets/ and plugins/.")
    ] = Path(),
) -> None:
    """Write stub files, so that editors can complete and check your sets."""
    from livegan.plugin import registry
    from livegan.stubs import write_stubs

    if not folder.is_dir():
        fail(f"{folder}: there is no such folder", 2)
    loaded = registry.Registry().load(folder / "plugins")
    registry.use(loaded)
    with clear_errors():
        path = write_stubs(folder)
    for problem in loaded.problems:
        typer.secho(str(problem), fg="red", err=True)
    typer.echo(f"written: {short(path)}")
