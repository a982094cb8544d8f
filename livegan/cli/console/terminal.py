"""The terminal: what is printed is text, in which ``[a].wav`` and ``:heart:`` stay as they are.

rich takes square brackets for markup otherwise, and names of files may have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TextColumn
    from rich.text import Text


def terminal(*, errors: bool = False) -> Console:
    """Where a command prints what is more than a line; ``errors`` is for what no program reads."""
    from rich.console import Console

    return Console(stderr=errors, markup=False, emoji=False, highlight=False)


def words(template: str) -> TextColumn:
    """A column of a progress bar, filled from its task: ``"{task.description}"``."""
    from rich.progress import TextColumn

    return TextColumn(template, markup=False)


def plain(text: str) -> Text:
    """Text for what takes markup whatever the console says, such as a status."""
    from rich.text import Text

    return Text(text)
