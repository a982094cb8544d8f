"""``livegan plugins``: what is loaded and what each plugin offers; checks of a plugin."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.failing import fail

MANY = 6
"""Things of a kind that are named in a list; of more it is said how many there are."""

plugins = typer.Typer(name="plugins", invoke_without_command=True)


@plugins.callback()
def listed(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what is loaded and what each plugin offers; a refused one with the reason."""
    if context.invoked_subcommand is not None:
        return
    from livegan.plugin.registry import Registry

    loaded = Registry().load(Path.cwd() / "plugins", whole=True)
    if as_json:
        rows = [vars(p) for p in loaded.plugins]
        typer.echo(json.dumps({"plugins": rows, "problems": [str(p) for p in loaded.problems]}))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False)  # what authors write is no markup
    table = Table()
    for heading in ("plugin", "version", "from", "state", "ms", "provides"):
        table.add_column(heading, justify="right" if heading == "ms" else "left")
    for plugin in loaded.plugins:
        name = plugin.name
        if plugin.origin == "built in":
            module = Path(plugin.file)
            name = f"livegan {module.parent.name if module.stem == '__init__' else module.stem}"
        offered = ", ".join(provided(plugin.provides))
        ms = f"{plugin.load_ms:.0f}"
        table.add_row(name, plugin.version, plugin.origin, plugin.state, ms, offered)
    console.print(table)
    for problem in loaded.problems:
        typer.secho(str(problem), fg="red")
    for plugin in loaded.plugins:
        # Of what is being worked on here: the others' authors do not read this.
        for line in plugin.warnings if plugin.origin in ("file", "editable") else ():
            typer.secho(f"{line} (plugin {plugin.name})", fg="yellow")
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
        console.print(table)
    for kind in ("source", "output", "loader", "command"):
        offers = loaded.offered(kind)
        if offers:
            table = Table("name", "what it is", title=f"{kind}s")
            for offer in offers:
                table.add_row(offer.name, offer.summary)
            console.print(table)


def provided(things: Iterable[str]) -> list[str]:
    """What a plugin provides, in few words: many things of a kind are counted."""
    kinds: dict[str, list[str]] = {}
    for thing in things:
        kinds.setdefault(thing.partition(" ")[0], []).append(thing)
    many = {kind for kind, found in kinds.items() if len(found) > MANY}
    counted = [f"{len(kinds[kind])} {kind}s" for kind in kinds if kind in many]
    return [*counted, *(t for kind, found in kinds.items() if kind not in many for t in found)]


@plugins.command()
def check(
    target: Annotated[
        str,
        typer.Argument(
            metavar="PACKAGE|FILE|NAME",
            help="An installed package, a plugin's file or folder, or the name of what it offers.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Make this check alone; may be given several times.")
    ] = None,
    sample: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]VALUE",
            help="What to try with: a source's or output's argument, a loader's checkpoint. "
            "May be given several times, with the name of what it is for.",
        ),
    ] = None,
    deadline: Annotated[float, typer.Option(min=0.1, help="For one check, s.")] = 60.0,
) -> None:
    """Try a plugin on good and bad input, and say what to change; exit code 1 if a check fails."""
    from livegan.testing.process import Examination, NoTarget

    examination = Examination(target, deadline_s=deadline, sample=sample or ())
    try:
        rows = examination.rows()
    except NoTarget as error:
        fail(str(error), 2)
    if only:
        names = {row["name"] for row in rows}
        for name in only:
            if name not in names:
                from livegan.plugin.closest import suggestion

                fail(f"--only {name}: there is no such check" + suggestion(name, names), 2)
        rows = [row for row in rows if row["name"] in only]
    outcomes = []
    from rich.console import Console

    with Console(stderr=True).status("loading") as status:
        for row in rows:
            status.update(f"{row['thing']}: {row['name']}")
            outcomes.append(examination.outcome(row["thing"], row["name"]))
    examination.close()
    from livegan.testing import card

    if as_json:
        typer.echo(json.dumps(card.as_data(target, outcomes)))
    else:
        card.show(target, outcomes, {row["name"]: row["summary"] for row in rows})
    if card.counted(outcomes, "failed"):
        raise typer.Exit(1)
