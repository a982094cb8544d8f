"""Commands that are imported when they are run: the list of all of them imports none."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True)
class CommandRow:
    """A command of livegan: its name, what ``livegan --help`` says of it, and where its code is.

    ``summary`` is the first line of its docstring. Its module has its name, with underscores, and
    is in `livegan.cli`, or in the ``room`` of it that is named.
    ``parser`` is the class in it of a command that reads its arguments in its own way.
    """

    name: str
    summary: str
    room: str = ""
    parser: str = ""

    def load(self) -> Any:
        """Import it: the command, as typer makes it of its function or of its group."""
        module_name = self.name.replace("-", "_")
        place = f"livegan.cli.{self.room}" if self.room else "livegan.cli"
        module = importlib.import_module(f"{place}.{module_name}")
        found = getattr(module, module_name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False)
        cls = getattr(module, self.parser) if self.parser else None
        alone.command(self.name, cls=cls)(found)
        return typer.main.get_command(alone)


class LazyCommands(TyperGroup):
    """The commands of ``rows``, then those that were added."""

    rows: tuple[CommandRow, ...] = ()
    listing = False

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        own = {row.name: typer.core.TyperCommand(row.name, help=row.summary) for row in self.rows}
        self.commands = {**own, **self.commands}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, imported unless only its name and summary are asked for."""
        row = next((row for row in self.rows if row.name == cmd_name), None)
        return super().get_command(ctx, cmd_name) if row is None or self.listing else row.load()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, without importing what it lists."""
        self.listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.listing = False
