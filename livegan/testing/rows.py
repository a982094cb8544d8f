"""Checks as rows of data: what each is called, what it is for, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SLOWEST_IMPORT_S = 2.0
"""A plugin that takes longer to import delays every start of a show."""
SLOWEST_FRAME_S = 0.1
"""At 256 x 256: with less than ten pictures a second nothing follows the sound."""


class Flaw(Exception):
    """A check that is not met: what was done, what was seen, what to change."""

    def __init__(self, done: str, seen: str, change: str) -> None:
        self.done, self.seen, self.change = done, seen, change
        super().__init__(f"{done}: {seen}; {change}")


class NotHere(Exception):
    """A check that cannot be made on this machine or of this plugin: why."""


Measured = dict[str, float]
"""What a check measured: numbers by name, with the unit in the name."""


@dataclass(frozen=True)
class CheckRow:
    """One check of one or several kinds of things that plugins offer."""

    name: str
    kinds: tuple[str, ...]
    summary: str
    run: Callable[[Any], Measured | None]
    needs: tuple[str, ...]
    """Checks that must be met first: without a picture there is nothing more to see."""
    when: Callable[[Any], bool]
    """Whether it applies to a thing of one of these kinds."""


ROWS: list[CheckRow] = []
"""Every check, in the order in which they are made."""


def row(
    *kinds: str, needs: tuple[str, ...] = (), when: Callable[[Any], bool] = lambda thing: True
) -> Callable[..., Any]:
    """Make a function a check: its name is the check's, its first line what it is for."""

    def take(function: Callable[[Any], Measured | None]) -> Any:
        name = function.__name__.replace("_", "-")
        summary = (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
        ROWS.append(CheckRow(name, kinds, summary, function, needs, when))
        return function

    return take


def rows_of(kind: str, thing: Any) -> list[CheckRow]:
    """The checks that apply to a thing of that kind, in order."""
    return [each for each in ROWS if kind in each.kinds and each.when(thing)]
