"""``livegan models``: what a set can name in ``model(...)``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.failing import short


def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the models that a set in this folder can name, with what their cards say."""
    from livegan.engine.build import model_folders
    from livegan.generators import ModelError, available, load

    here = Path.cwd()
    rows = []
    for name, path in available(model_folders(here / "set.py", here)):
        row = {"name": name, "path": str(path), "mb": round(path.stat().st_size / 1e6, 1)}
        try:
            checkpoint = load(path)
            card = checkpoint.card
            row |= {"encoder": card.encoder, "size": card.size or "", "licence": card.licence}
            row["architecture"] = card.architecture or str(checkpoint.architecture or path.suffix)
        except ModelError as error:
            row["architecture"] = f"refused: {error}"
        rows.append(row)
    if as_json:
        typer.echo(json.dumps(rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for heading in ("model", "encoder", "architecture", "size", "MB", "licence", "file"):
        table.add_column(heading, justify="right" if heading in ("size", "MB") else "left")
    for row in rows:
        keys = ("name", "encoder", "architecture", "size", "mb", "licence")
        table.add_row(*(str(row.get(key) or "") for key in keys), short(str(row["path"])))
    Console().print(table)
