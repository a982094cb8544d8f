"""All that the supervisor knows of the engine, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from livegan.ipc.messages import Commit
from livegan.stage.supervision.standby import Standby

Phase = Literal["starting", "playing", "stalled", "dead", "returning"]


@dataclass(frozen=True)
class SupervisorState:
    """All that is known of the engine."""

    phase: Phase = "starting"
    heard: float = 0.0
    """When the last message or beat came, or the process was started."""
    beats: int = 0
    greeted: bool = False
    """This process has said something."""
    stopped_since: float | None = None
    building: frozenset[int | str] = frozenset()
    """The commits under way."""
    suspect: str | None = None
    """The program that is being proven or was put on air last: who is blamed for a death."""
    since: float = 0.0
    """When the suspect was heard of last."""
    good: tuple[Commit, ...] = ()
    """The commits that went on the air, newest last."""
    deaths: dict[str, int] = field(default_factory=dict)
    """The blame of each program (its digest) for engines that ended under it."""
    aired: dict[str, float] = field(default_factory=dict)
    """Seconds that each of these was on air since it was blamed last."""
    airing: tuple[str, float] | None = None
    """What is on air, and since when."""
    blocked: tuple[str, ...] = ()
    in_a_row: int = 0
    """Deaths since an engine last played for a while."""
    played_since: float | None = None
    lost_at: float = 0.0
    """When the engine that died was heard of last."""
    return_at: float = 0.0
    total_deaths: int = 0
    standby: Standby = field(default_factory=Standby)

    @property
    def resumes(self) -> tuple[Commit, ...]:
        """The commits that may be returned to, the newest first."""
        return tuple(m for m in reversed(self.good) if m.digest not in self.blocked)

    @property
    def last_resorts(self) -> tuple[Commit, ...]:
        """The commits that are blocked, the newest first: better one of them than nothing."""
        return tuple(m for m in reversed(self.good) if m.digest in self.blocked)

    @property
    def resume(self) -> Commit | None:
        """The last good set: the newest commit whose program is not blocked."""
        return next(iter(self.resumes), None)
