"""A bar that says what is done, how far it is, and when it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from livegan.cli.console.terminal import terminal, words


@contextlib.contextmanager
def progress_bar() -> Iterator[tuple[Callable[[str, float, float], None], Callable[[str], None]]]:
    """A function that takes what is done, and how much of how much; and one for other lines.

    The estimate is that of what is done now. The bar is gone when the block ends.
    """
    from rich.progress import BarColumn, Progress, TimeRemainingColumn

    console = terminal(errors=True)
    columns = (words("{task.description}"), BarColumn(), words("{task.fields[count]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=None, count="")
        doing_now = ""

        def progress(doing: str, done: float, total: float) -> None:
            nonlocal doing_now
            if doing != doing_now:
                doing_now = doing
                bar.reset(task, description=doing)
            bar.update(task, completed=done, total=total, count=f"{done:.0f} of {total:.0f}")

        yield progress, console.print
