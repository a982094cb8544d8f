"""``livegan plugins gallery``: a page with a picture of every encoder and mixer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.failing import clear_errors, fail, short


def gallery(
    out: Annotated[Path, typer.Option(help="The page, Markdown; pictures lie in a folder beside.")],
    package: Annotated[
        list[str] | None, typer.Option(help="Of these packages alone; may be given several times.")
    ] = None,
) -> None:
    """Draw every encoder from the same ten seconds, every mixer from the same two pictures."""
    from livegan import gallery as page
    from livegan.plugin import registry

    if out.suffix != ".md":
        fail(f"--out {out}: a gallery is a page; name it {out.stem or 'gallery'}.md", 2)
    registry.use(registry.Registry().load(Path.cwd() / "plugins"))
    with clear_errors():
        shown = page.write_gallery(out, page.operations(package or []), Path.cwd())
    typer.echo(f"written: {short(out)}, with {shown} pictures")
