"""Commands of plugins: ``livegan NAME``, looked for where livegan has none of that name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from livegan.plugin.catalogue import Offer


def add_commands(app: typer.Typer, arguments: list[str]) -> None:
    """Add the commands of plugins, if one of them is asked for.

    Plugins are not imported for what livegan does itself, nor for its help: a show's stage must
    stay without them, and reading the help in a folder must not run what lies there.
    """
    asked = next((a for a in arguments if not a.startswith("-")), None)
    own = names_of(app)
    if asked in own:
        return
    from importlib.metadata import entry_points

    # Files here may be a stranger's: asked for help, livegan does not run them.
    folder = None if asked is None else Path("plugins")
    files = () if folder is None else folder.glob("*.py")
    if not any(map(has_commands, files)) and not entry_points(group="livegan"):
        return
    from livegan.plugin.catalogue import call_of, clash, full_name
    from livegan.plugin.registry import Registry

    loaded = Registry().load(folder and folder.absolute())
    claims: dict[str, list[Offer]] = {}
    told = set()
    for known in loaded.offered("command"):
        # For the list of all, what is known by name is not loaded: its line is known, too.
        offer = known if asked is None else loaded.awake(known)
        claims.setdefault(offer.name, []).append(offer)
        add(app, offer, full_name(offer), hidden=True)
    for name, found in claims.items():
        if name not in own and len(found) == 1:
            add(app, found[0], name)
            continue
        reason = clash("command", name, found)
        if name in own:
            call = call_of("command", full_name(found[0]))
            reason = f"the command {name!r} is livegan's own; this one is {call}"
        tell(reason)
        told.add(reason)
    for problem in loaded.problems if asked not in names_of(app) else ():
        if problem.reason not in told:
            tell(str(problem))


def has_commands(file: Path) -> bool:
    """Whether a plugin file can have commands: it is not run to find out."""
    try:
        return file.is_file() and b"register_commands" in file.read_bytes()
    except OSError:
        return False


def names_of(app: typer.Typer) -> set[str]:
    """The commands that there are."""
    found = {c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands}
    found |= {row.name for row in getattr(app.info.cls, "rows", ())}
    found |= {
        g.name or (g.typer_instance and g.typer_instance.info.name) for g in app.registered_groups
    }
    return {str(name).replace("_", "-") for name in found}


def add(app: typer.Typer, offer: Offer, name: str, hidden: bool = False) -> None:
    """Add one, if the command line can be made of it: its failure must not cost the others."""
    from livegan.plugin.guard import said
    from livegan.plugin.loading.remembered import Asleep

    trial = typer.Typer(add_completion=False)
    try:
        for each in (trial, app):
            if isinstance(offer.make, typer.Typer):
                each.add_typer(offer.make, name=name, hidden=hidden)
            else:
                made = not_loaded if isinstance(offer.make, Asleep) else offer.make
                each.command(name, hidden=hidden, help=offer.summary or None)(made)
            if each is trial:
                typer.main.get_command(trial)
    except Exception as error:
        if not hidden:
            where = f"{offer.file}:{offer.line}: " if offer.line else ""
            whose = f"{offer.plugin} {offer.version}".strip()
            tell(f"{where}plugin {whose}: no command {name!r}: {said(error)}")


def not_loaded() -> None:
    """Stands for a command in the list of all."""


def tell(text: str) -> None:
    """A line on the terminal that no program reads."""
    typer.secho(text, fg="red", err=True)
