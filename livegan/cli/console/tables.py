"""Tables that fit the terminal: columns are left out by rank before a cell becomes unreadable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from livegan.cli.console.terminal import terminal

if TYPE_CHECKING:
    from rich.console import Console

EDGE = 1
"""Cells of a line that the left border takes; each column adds its padding and a border."""
PADDING = 3
READABLE = 16
"""The narrowest that a column of words is made, if its words are wider than that in all."""


@dataclass(frozen=True)
class Column:
    """A column: the key of its cells in a row, and what may happen to it where space is short.

    ``rank`` 0 is never left out; of the others the highest goes first. ``words`` marks prose, which
    may be broken between words; anything else is kept on one line. ``least`` is the width below
    which prose is not squeezed; the column is left out instead.
    """

    key: str
    heading: str | None = None
    rank: int = 0
    right: bool = False
    words: bool = False
    least: int = READABLE

    @property
    def title(self) -> str:
        """The heading as it is printed; the key, if none is given."""
        return self.key if self.heading is None else self.heading


def cell(value: Any) -> str:
    """A value as a table shows it: numbers with a fraction have two digits, None is empty."""
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def fitting(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], width: int
) -> tuple[list[Column], list[Column]]:
    """The columns that fit into ``width`` cells, and those that are left out, in their order.

    A column that is empty in every row is in neither.
    """
    from rich.cells import cell_len

    def widest(column: Column, least: bool) -> int:
        texts = [column.title, *(cell(row.get(column.key)) for row in rows)]
        lines = [line for text in texts for line in text.splitlines() or [""]]
        whole = max(cell_len(line) for line in lines)
        if not (least and column.words):
            return whole
        longest_word = max((cell_len(word) for line in lines for word in line.split()), default=0)
        return min(whole, max(column.least, min(longest_word, 2 * column.least)))

    kept = [c for c in columns if any(cell(row.get(c.key)) for row in rows) or c.rank == 0]
    left_out: list[Column] = []
    while EDGE + sum(widest(c, True) + PADDING for c in kept) > width:
        droppable = [c for c in kept if c.rank]
        if not droppable:
            break
        last = max(droppable, key=lambda c: c.rank)
        kept.remove(last)
        left_out.append(last)
    return kept, [c for c in columns if c in left_out]


def print_table(
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str = "",
    console: Console | None = None,
    more: str = "",
) -> None:
    """Print rows as a table that fits the console.

    Cells are plain text (square brackets in them are no markup) or a `rich.text.Text`. Where
    columns are left out, a line under the table names them, and ``more`` in it is how to see them
    (``--json``).
    """
    from rich.table import Table
    from rich.text import Text

    console = console or terminal()
    listed = list(rows)
    kept, left_out = fitting(columns, listed, console.width)
    if title:
        console.print(Text(title, style="bold"))
    table = Table()
    for column in kept:
        table.add_column(
            Text(column.title),
            justify="right" if column.right else "left",
            no_wrap=not column.words,
            overflow="fold" if column.words or not column.rank else "ellipsis",
            min_width=column.least if column.words and _long(column, listed) else None,
        )
    for row in listed:
        values = [row.get(column.key) for column in kept]
        table.add_row(*(v if isinstance(v, Text) else Text(cell(v)) for v in values))
    console.print(table)
    if left_out:
        names = ", ".join(column.title for column in left_out)
        hint = f", or use {more}" if more else ""
        line = f"Not shown here: {names}. A wider terminal shows more{hint}."
        console.print(Text(line, style="dim"), soft_wrap=False)


def _long(column: Column, rows: Sequence[Mapping[str, Any]]) -> bool:
    from rich.cells import cell_len

    return any(cell_len(cell(row.get(column.key))) >= column.least for row in rows)
