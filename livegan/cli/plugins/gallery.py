"""``livegan plugins gallery``: a page with a picture of everything that draws."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short


def gallery(
    out: Annotated[
        Path,
        typer.Option(help="The page to write (Markdown). Its pictures go into a folder beside it."),
    ],
    package: Annotated[
        list[str] | None, typer.Option(help="Show only this package; may be given several times.")
    ] = None,
    shaders: Annotated[
        list[Path] | None,
        typer.Option(
            help="Show the shader files of this folder; may be given several times. Without "
            "--package, nothing else is shown.",
            file_okay=False,
            exists=True,
        ),
    ] = None,
) -> None:
    """Write a page with a picture of every encoder, mixer, shader and picture source.

    Every encoder and shader draws the same ten seconds of sound. Every mixer, and every shader that
    repaints pictures, gets the same two pictures. A picture source is opened with its example.
    """
    from livegan import gallery as page
    from livegan.plugin import registry

    if out.suffix != ".md":
        fail(f"--out {out}: a gallery is a page; name it {out.stem or 'gallery'}.md", 2)
    registry.use(registry.Registry().load(Path.cwd() / "plugins"))
    with clear_errors():
        found = page.things(package or [], shaders or [])
        shown, missing = page.write_gallery(out, found, Path.cwd())
    for line in missing:
        typer.echo(f"not drawn: {line}", err=True)
    typer.echo(f"written: {short(out)}, with {shown} pictures")
