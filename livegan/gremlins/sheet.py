"""The gig sheet: what was done to a set, what the show did, and whether that was right.

``python -m livegan.gremlins.sheet FILE.json`` prints a written one as a table for a page.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from livegan import __version__
from livegan.gremlins.fault import ROWS
from livegan.gremlins.judging import Outcome
from livegan.saving import write_bytes

LINE = 110
"""Letters of the show's line that a table has room for."""


@dataclass(frozen=True)
class Sheet:
    """All outcomes of an evening."""

    set: str
    seed: int
    outcomes: tuple[Outcome, ...]

    @property
    def good(self) -> bool:
        """Nothing failed and nothing was late."""
        return not any(o.verdict in ("fail", "late") for o in self.outcomes)

    def count(self, verdict: str) -> int:
        """How many outcomes are that."""
        return sum(o.verdict == verdict for o in self.outcomes)

    @property
    def closing(self) -> str:
        """The last line: how it went."""
        passed, failed, late = self.count("pass"), self.count("fail"), self.count("late")
        parts = [f"{passed} of {passed + failed + late} faults survived as they should be"]
        if late:
            parts.append(f"{late} too late")
        if failed:
            parts.append(f"{failed} failed")
        if left := self.count("not done"):
            parts.append(f"{left} not done on this machine")
        return f"{self.set}, seed {self.seed}: {', '.join(parts)}"

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "livegan": __version__,
            "set": self.set,
            "seed": self.seed,
            "date": datetime.now().isoformat(timespec="minutes"),
            "machine": machine_name(),
            "good": self.good,
            "faults": [outcome.as_data() for outcome in self.outcomes],
        }

    def write(self, path: Path) -> None:
        """Write it as JSON. Raises OSError."""
        write_bytes(path, (json.dumps(self.as_data(), indent=1) + "\n").encode())


def machine_name() -> str:
    """What a figure was taken on."""
    import os

    name = platform.processor() or platform.machine()
    if sys.platform == "linux":
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        name = models[0] if models else name
    return (
        f"{platform.system()}, {os.cpu_count()} cores of {name}, Python {platform.python_version()}"
    )


def cells(outcome: Outcome) -> list[str]:
    """A row, by `HEADINGS`: gap is the longest without a frame, then without a new picture."""
    if outcome.verdict == "not done":
        return [outcome.fault, outcome.verdict, "", "", "", "", *outcome.why]
    notes = "; ".join((*outcome.why, *outcome.late))
    line = outcome.said if len(outcome.said) <= LINE else outcome.said[: LINE - 1] + "…"
    return [
        outcome.fault,
        outcome.verdict,
        str(outcome.presented),
        f"{outcome.longest:.2f} s" if outcome.longest else "",
        f"{outcome.back:.2f} s" if outcome.back else "",
        outcome.rung,
        f"{line}  [{notes}]" if notes and line else line or notes,
    ]


def line_of(outcome: Outcome) -> str:
    """An outcome as one line, as it happens."""
    name, verdict, _, longest, back, _, said = cells(outcome)
    times = f" (longest gap {longest}, new picture after {back})" if longest and back else ""
    return f"{verdict:8}  {name}{times}{': ' + said if said else ''}"


HEADINGS = ("what happened", "verdict", "frames", "gap", "picture after", "rung", "its line")
COLOURS = {"pass": "green", "late": "yellow", "fail": "red", "not done": "dim"}
WIDE = 130
"""Columns of a terminal that has room for the lines in the table."""


def print_table(sheet: Sheet) -> None:
    """On the terminal, by rows of what can happen."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    columns = len(HEADINGS) if console.width >= WIDE else len(HEADINGS) - 1
    table = Table(title=f"gig sheet of {sheet.set}", title_justify="left")
    for heading in HEADINGS[:columns]:
        numbers = heading in HEADINGS[2:5]
        table.add_column(heading, justify="right" if numbers else "left", overflow="fold")
    for row, (what, must) in ROWS.items():
        mine = [outcome for outcome in sheet.outcomes if outcome.row == row]
        if mine:
            table.add_section()
            blank = [""] * (len(HEADINGS) - 2)
            table.add_row(*[f"[bold]{what}[/]", *blank, f"[dim]must be: {must}[/]"][:columns])
        for outcome in mine:
            name, verdict, *rest = map(escape, cells(outcome))
            coloured = f"[{COLOURS[outcome.verdict]}]{verdict}[/]"
            table.add_row(*[name, coloured, *rest][:columns])
    console.print(table, highlight=False)
    for outcome in sheet.outcomes if columns < len(HEADINGS) else ():
        if outcome.verdict != "pass":
            style = COLOURS[outcome.verdict]
            console.print(line_of(outcome), style=style, highlight=False, markup=False)
    console.print(sheet.closing, style="green" if sheet.good else "red", highlight=False)


def markdown(data: dict[str, Any]) -> str:
    """A written sheet as a table for a page."""
    outcomes = [
        Outcome(**{**f, "why": tuple(f["why"]), "late": tuple(f["late"])}) for f in data["faults"]
    ]
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|---|--:|--:|--:|---|---|"]
    for row, (what, must) in ROWS.items():
        mine = [outcome for outcome in outcomes if outcome.row == row]
        if mine:
            lines.append(f"| **{what}** | | | | | | *must be: {must}* |")
        lines += ["| " + " | ".join(_plain(c) for c in cells(o)) + " |" for o in mine]
    return "\n".join(lines) + "\n"


def _plain(cell: str) -> str:
    return cell.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def sheet_of(set: Path, seed: int, outcomes: Sequence[Outcome]) -> Sheet:
    """The sheet of an evening."""
    return Sheet(set.name, seed, tuple(outcomes))


if __name__ == "__main__":
    sys.stdout.write(markdown(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
