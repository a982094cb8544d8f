"""``--autopilot [NAME]``: its name may be left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

NAME = re.compile(r"[A-Za-z][\w.-]*")
OPTION = "--autopilot"

AutopilotOption = Annotated[
    str | None,
    typer.Option(
        metavar="[NAME]",
        help="Let the autopilot play: with all moves, or with those of one package.",
    ),
]


def named_or_not(args: list[str]) -> list[str]:
    """The words of a command line, in which ``--autopilot`` has a value: empty where the word after
    it is another option, a file or a folder."""
    given = []
    for at, word in enumerate(args):
        after = args[at + 1] if at + 1 < len(args) else ""
        is_name = NAME.fullmatch(after) and not after.endswith(".py") and not Path(after).exists()
        given.append(f"{OPTION}=" if word == OPTION and not is_name else word)
    return given


def known_autopilot(name: str | None) -> None:
    """Refuse a name that no package with moves has.

    Raises livegan.autopilot.repertoire.NoAutopilot.
    """
    if name:
        from livegan.autopilot.repertoire import moves_of
        from livegan.plugin import registry

        moves_of(registry.current(), name)


class Piloted(TyperCommand):
    """A command with ``--autopilot``, whose name may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put an empty name where none is given."""
        return super().parse_args(ctx, named_or_not(args))
