"""``livegan plugins``: what is loaded, and what each plugin offers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def plugins(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what is loaded and what each plugin offers; a refused one with the reason."""
    from livegan.plugin.registry import Registry

    loaded = Registry().load(Path.cwd() / "plugins")
    if as_json:
        rows = [vars(p) for p in loaded.plugins]
        typer.echo(json.dumps({"plugins": rows, "problems": [str(p) for p in loaded.problems]}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for heading in ("plugin", "version", "state", "ms", "provides"):
        table.add_column(heading, justify="right" if heading == "ms" else "left")
    for plugin in loaded.plugins:
        name = plugin.name if plugin.name != "livegan" else Path(plugin.file).parent.name
        if plugin.name == "livegan":
            module = Path(plugin.file)
            name = f"livegan {module.parent.name if module.stem == '__init__' else module.stem}"
        table.add_row(
            name, plugin.version, plugin.state, f"{plugin.load_ms:.0f}", ", ".join(plugin.provides)
        )
    Console().print(table)
    for problem in loaded.problems:
        typer.secho(str(problem), fg="red")
    for kind in ("encoder", "mixer", "signal"):
        rows_of_kind = loaded.all(kind)
        if not rows_of_kind:
            continue
        table = Table(title=f"{kind}s")
        for heading in ("name", "what it does", "parameters"):
            table.add_column(heading)
        for operation in rows_of_kind:
            params = ", ".join(p.name for p in operation.params)
            table.add_row(operation.name, operation.summary, params)
        Console().print(table)
