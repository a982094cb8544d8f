"""Actions: what the supervisor decides and its thread does; two more are in `standby`."""

from __future__ import annotations

from dataclasses import dataclass, field

from livegan.stage.supervision.standby import Keep, Message, Warm


@dataclass(frozen=True)
class Start:
    """Do: start a process with these options on top of the usual ones."""

    resume: Message | None
    blocked: tuple[str, ...]
    earlier: tuple[Message, ...] = ()
    """What to return to if ``resume`` is refused, the newest first."""


@dataclass(frozen=True)
class TakeOver:
    """Do: let the second engine play."""

    resume: Message | None
    blocked: tuple[str, ...]
    earlier: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Kill:
    """Do: kill the process, which is not well; it is expected to be `Gone`, so, after that."""

    how: str


@dataclass(frozen=True)
class Tell:
    """Do: say one line to the performer. ``kind`` is "death", "recovery", "blocked", "standby"."""

    kind: str
    text: str
    fields: Message = field(default_factory=dict)


Action = Start | Kill | Tell | TakeOver | Warm | Keep
