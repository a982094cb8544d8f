"""Events: what the supervisor is told of the engine and of the second one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livegan.ipc.messages import Commit, FromEngine
from livegan.stage.supervision.health import EngineSigns

Guilt = Literal["doubtful", "likely", "certain"]
"""Of a program for the end of its engine: doubtful if that was ended by a signal from outside while
no code of a set or plugin ran; certain if such code was seen not to come back."""


@dataclass(frozen=True)
class EngineHeard:
    """A message came."""

    message: FromEngine


@dataclass(frozen=True)
class Gone:
    """The process ended: how, and what it was at, as far as that is known."""

    how: str
    node: str = ""
    where: str = ""
    guilt: Guilt = "likely"
    """Whether the program did it."""
    proving: bool | None = None
    """Whether it was done to prove a save, or to play, if that is known."""


@dataclass(frozen=True)
class Tick:
    """Time has passed."""

    seen: EngineSigns | None = None


@dataclass(frozen=True)
class Insist:
    """The engine does not do what a key asked: it is to return with this commit instead."""

    resume: Commit
    text: str
    """The line that the performer is told."""


@dataclass(frozen=True)
class StandbyHeard:
    """A message of the second engine came."""

    message: FromEngine


@dataclass(frozen=True)
class StandbyGone:
    """The second engine ended."""

    how: str


SupervisorEvent = EngineHeard | Gone | Tick | Insist | StandbyHeard | StandbyGone
