"""``livegan plugins``: what is loaded and what each plugin offers; checks of a plugin."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import fail
from livegan.cli.console.tables import Column, print_table
from livegan.cli.console.terminal import plain, terminal
from livegan.cli.plugins.gallery import gallery
from livegan.cli.plugins.show import show
from livegan.cli.plugins.stubs import stubs

MANY = 6
"""Things of a kind that are named in a list; of more it is said how many there are."""

PLUGINS = (
    Column("plugin"),
    Column("version", rank=2),
    Column("from", rank=3),
    Column("state"),
    Column("ms", rank=4, right=True),
    Column("for", "provides", rank=1, words=True, least=20),
)
OPERATIONS = (
    Column("name"),
    Column("what", "what it does", words=True, least=24),
    Column("params", "parameters", rank=1, words=True),
)
OFFERS = (Column("name"), Column("what", "what it is", words=True, least=24))

plugins = typer.Typer(name="plugins", invoke_without_command=True)


@plugins.callback()
def listed(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the plugins, what each one offers, and why one was refused."""
    if context.invoked_subcommand is not None:
        return
    from livegan.plugin.catalogue import spoken
    from livegan.plugin.registry import KINDS, Registry

    loaded = Registry().load(Path.cwd() / "plugins", whole=True)
    if as_json:
        rows = [vars(p) for p in loaded.plugins]
        typer.echo(json.dumps({"plugins": rows, "problems": [str(p) for p in loaded.problems]}))
        return
    rows = []
    for plugin in loaded.plugins:
        name = plugin.name
        if plugin.origin == "built in":
            module = Path(plugin.file)
            name = f"livegan {module.parent.name if module.stem == '__init__' else module.stem}"
        offered = ", ".join(provided(plugin.provides))
        own = {"plugin": name, "version": plugin.version, "from": plugin.origin}
        rows.append({**own, "state": plugin.state, "ms": f"{plugin.load_ms:.0f}", "for": offered})
    print_table(PLUGINS, rows, more="--json")
    for problem in loaded.problems:
        typer.secho(str(problem), fg="red")
    for plugin in loaded.plugins:
        # Of what is being worked on here: the others' authors do not read this.
        for line in plugin.warnings if plugin.origin in ("file", "editable") else ():
            typer.secho(f"{line} (plugin {plugin.name})", fg="yellow")
    for made in KINDS:
        found = [
            {"name": o.name, "what": o.summary, "params": ", ".join(p.name for p in o.params)}
            for o in loaded.all(made)
        ]
        if found:
            title = "patches" if made == "patch" else f"{made}s"
            print_table(OPERATIONS, found, title=title, more="livegan plugins show NAME")
    for kind in (
        "source",
        "picture_source",
        "output",
        "loader",
        "backend",
        "move",
        "command",
        "word",
    ):
        offers = [{"name": o.name, "what": o.summary} for o in loaded.offered(kind)]
        if offers:
            print_table(OFFERS, offers, title=f"{spoken(kind)}s")


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
        list[str] | None, typer.Option(help="Run only this check; may be given several times.")
    ] = None,
    sample: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]VALUE",
            help="What to test with: the argument of a source, picture source or output, or a "
            "checkpoint for a loader. To give several, put the name of the tested thing first.",
        ),
    ] = None,
    deadline: Annotated[
        float, typer.Option(min=0.1, help="Time limit for one check, in seconds.")
    ] = 60.0,
) -> None:
    """Test a plugin on good and bad input, and say what to change.

    The exit code is 1 if a check fails.
    """
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
    with terminal(errors=True).status("loading") as status:
        for row in rows:
            status.update(plain(f"{row['thing']}: {row['name']}"))
            outcomes.append(examination.outcome(row["thing"], row["name"]))
    examination.close()
    from livegan.testing import card

    if as_json:
        typer.echo(json.dumps(card.as_data(target, outcomes)))
    else:
        card.show(target, outcomes, {row["name"]: row["summary"] for row in rows})
    if card.counted(outcomes, "failed"):
        raise typer.Exit(1)


for part in (show, stubs, gallery):
    plugins.command()(part)
