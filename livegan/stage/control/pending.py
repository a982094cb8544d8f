"""Pending: a key that must work even if the engine does not listen. Pure; told the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from livegan.ipc.messages import Commit

PATIENCE = 1.5
"""Seconds an engine that plays has to do what a key asked; its frames take far less."""
COMING = ("starting", "returning")
"""Phases of the supervisor in which the engine has yet to begin to listen."""


@dataclass(frozen=True)
class Pending:
    """What was asked for and is not done yet. Immutable."""

    order: str = ""
    since: float = 0.0

    def obeyed(self, order: str) -> Pending:
        """After the engine said that it did it."""
        return replace(self, order="") if order == self.order else self

    def look(self, phase: str, now: float) -> tuple[Pending, bool]:
        """At ``now`` (s), and whether the engine is to be replaced by one that does it."""
        if not self.order:
            return self, False
        if phase in COMING:  # it will listen when it has come
            return replace(self, since=now), False
        if phase == "playing" and now - self.since <= PATIENCE:
            return self, False
        return replace(self, order=""), True


def resumption(order: str, good: Sequence[Commit], blocked: Sequence[str]) -> Commit | None:
    """The commit that an engine is to return with so that the order is done.

    ``good`` are those of the show, newest last. None where there is nothing to go back to.
    """
    on_air = good[-1] if good else Commit()
    if order == "safe" and not on_air.safe:
        # Which set that is, the engine's options say.
        return Commit(status="on_air", safe=True, version=on_air.version + 1)
    for report in reversed(good[:-1]):
        if report.digest != on_air.digest and report.digest not in blocked and not report.safe:
            return report
    return None
