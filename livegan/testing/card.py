"""The score card: what came of all checks, as a table and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from livegan.testing.process import CheckOutcome

MARKS = {
    "passed": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "skipped": ("–", "dim"),
    "": ("", ""),
}
SHOWN = 4
"""Above so many things, a table with a row each replaces the one with a column each."""


def as_data(target: str, outcomes: Sequence[CheckOutcome]) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "target": target,
        "passed": counted(outcomes, "passed"),
        "failed": counted(outcomes, "failed"),
        "skipped": counted(outcomes, "skipped"),
        "checks": [vars(each) for each in outcomes],
    }


def counted(outcomes: Sequence[CheckOutcome], status: str) -> int:
    """How many checks ended so."""
    return sum(each.status == status for each in outcomes)


def things_in(outcomes: Sequence[CheckOutcome]) -> list[str]:
    """What was checked, each once, in order."""
    return list(dict.fromkeys(each.thing for each in outcomes))


def card(target: str, outcomes: Sequence[CheckOutcome], summaries: dict[str, str]) -> Group:
    """The whole card: a table of checks, what failed and why, and the score of each thing."""
    parts: list[Any] = []
    things = things_in(outcomes)
    if len(things) <= SHOWN + 1:
        parts.append(grid(things, outcomes, summaries))
    failed = [each for each in outcomes if each.status == "failed"]
    for each in failed:
        line = Text(f"✗ {each.thing}, {each.name}: ", style="bold red")
        parts.append(line.append(each.line, style="not bold default"))
    reasons = [e for e in outcomes if e.status == "skipped" and not e.line.startswith("not made")]
    for each in reasons:
        parts.append(Text(f"– {each.thing}, {each.name}: {each.line}", style="dim"))
    parts.append(scores(target, things, outcomes))
    return Group(*parts)


def grid(things: list[str], outcomes: Sequence[CheckOutcome], summaries: dict[str, str]) -> Table:
    """Checks down, things across."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column("check", no_wrap=True)
    for thing in things:
        table.add_column(thing, justify="center")
    table.add_column("what is checked", style="dim", no_wrap=True, ratio=1)
    found = {(each.thing, each.name): each.status for each in outcomes}
    for name in dict.fromkeys(each.name for each in outcomes):
        marks = [Text(*MARKS[found.get((thing, name), "")]) for thing in things]
        table.add_row(name, *marks, summaries.get(name, ""))
    return table


def scores(target: str, things: list[str], outcomes: Sequence[CheckOutcome]) -> Table:
    """Of each thing: how many checks it meets, how long frames take, what memory each leaves."""
    table = Table(title=f"score card: {target}", title_justify="left", title_style="bold")
    for heading in ("", "checks", "256 px", "512 px", "import", "left a frame"):
        table.add_column(heading, justify="left" if not heading else "right")
    for thing in things:
        own = [each for each in outcomes if each.thing == thing]
        made = [each for each in own if each.status != "skipped"]
        passed, failed = counted(own, "passed"), counted(own, "failed")
        left = len(own) - len(made)
        score = Text(f"{passed} of {len(own) - left}", style="bold red" if failed else "green")
        if left:
            score.append(f", {left} not made", style="dim")
        numbers = {k: v for each in own for k, v in each.measured.items()}
        times = [numbers.get(key) for key in ("ms_256", "ms_512", "import_ms")]
        left_kib = numbers.get("kib_a_frame")
        kept = "" if left_kib is None else f"{left_kib:.1f} KiB"
        table.add_row(thing, score, *("" if t is None else f"{t:.1f} ms" for t in times), kept)
    return table


def show(target: str, outcomes: Sequence[CheckOutcome], summaries: dict[str, str]) -> None:
    """Print the card."""
    Console(markup=False).print(card(target, outcomes, summaries))
