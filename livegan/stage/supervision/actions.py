"""Actions: what the supervisor decides and its thread does; `Warm` is in `standby`.

Keep and TakeOver are sent to the second engine as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from livegan.ipc.messages import Keep, Row, TakeOver
from livegan.stage.supervision.standby import Warm


@dataclass(frozen=True)
class Start:
    """Do: start a process with these options on top of the usual ones."""

    resume: Row | None
    blocked: tuple[str, ...]
    earlier: tuple[Row, ...] = ()
    """What to return to if ``resume`` is refused, the newest first."""


@dataclass(frozen=True)
class Kill:
    """Do: kill the process, which is not well; it is expected to be `Gone`, so, after that."""

    how: str


@dataclass(frozen=True)
class Announce:
    """Do: say one line to the performer. ``kind`` is "death", "recovery", "blocked", "standby";
    the rest is as in `livegan.ipc.messages.EngineNews`."""

    kind: str
    text: str
    how: str = ""
    node: str = ""
    where: str = ""
    gap_s: float | None = None


SupervisorAction = Start | Kill | Announce | TakeOver | Warm | Keep
