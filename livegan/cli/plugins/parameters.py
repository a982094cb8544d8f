"""A table of parameters: of what a plugin offers, or of a shader file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from livegan.cli.console.tables import Column, print_table

if TYPE_CHECKING:
    from livegan.plugin import Param

PARAMETERS = (
    Column("name", "parameter"),
    Column("default"),
    Column("range", words=True, least=9),
    Column("meaning", rank=1, words=True),
    Column("when", "when it changes", rank=2, words=True, least=11),
)


def print_parameters(params: Sequence[Param], console: Any) -> None:
    """Print a table of them, if there are any."""
    if not params:
        return
    listed = []
    for p in params:
        low = "" if p.low is None else f"{p.low:g}"
        high = "" if p.high is None else f"{p.high:g}"
        span = ", ".join(p.choices) or (f"{low}..{high}" if low or high else "")
        default = f"{p.default:g}" if p.type in ("number", "integer") else str(p.default)
        when = "plays on; takes a signal" if p.live else "is rebuilt"
        own = {"name": p.name, "default": default, "range": f"{span} {p.unit}".strip()}
        listed.append({**own, "meaning": p.doc, "when": when})
    print_table(PARAMETERS, listed, console=console)
