"""Stories of an engine, on a clock of their own: what happens, and what the supervisor does."""

from __future__ import annotations

from typing import Any

from livegan.stage.supervision.actions import Kill, Start
from livegan.stage.supervision.events import EngineHeard, Gone, Guilt, Tick
from livegan.stage.supervision.health import EngineSigns, Limits
from livegan.stage.supervision.supervisor import begin, step
from tests.stage.heard import heard

LIMITS = Limits()


class Story:
    """A supervisor, and everything it did."""

    def __init__(self, *, standby: bool = False) -> None:
        self.now = 100.0
        self.limits = LIMITS
        self.state, actions = begin(self.now, standby=standby)
        self.done: list[Any] = list(actions)

    def event(self, event: Any) -> list[Any]:
        self.state, actions = step(self.state, event, self.now, self.limits)
        self.done += actions
        return actions

    def wait(self, seconds: float) -> list[Any]:
        """Ticks, ten a second."""
        actions = []
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            actions += self.event(Tick())
        return actions

    def see(self, seconds: float, **seen: Any) -> list[Any]:
        """Ticks, ten a second, at which the process looks so."""
        actions = []
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            actions += self.event(Tick(EngineSigns(**seen)))
        return actions

    def say(self, kind: str, **fields: Any) -> list[Any]:
        return self.event(EngineHeard(heard(kind, **fields)))

    def alive(self, seconds: float, frame: int = 1) -> list[Any]:
        actions = []
        for _ in range(round(seconds * 5)):
            self.now += 0.2
            actions += self.say("alive", frame=frame) + self.event(Tick())
        return actions

    def commit(self, digest: str, version: int = 1, upto: str = "on_air") -> None:
        for status in ("proposed", "proven", "cued", "on_air"):
            known = {} if status == "proposed" else {"digest": digest}
            self.say("commit", id=version, status=status, version=version, **known)
            if status == upto:
                return

    def plays(self, digest: str = "one", version: int = 1) -> None:
        self.say("hello")
        self.commit(digest, version)

    def die(self, how: str = "killed by SIGSEGV", guilt: Guilt = "likely", **more: Any) -> None:
        self.event(Gone(how, guilt=guilt, **more))


def kills(actions: list[Any]) -> list[str]:
    return [a.how for a in actions if isinstance(a, Kill)]


def starts(actions: list[Any]) -> list[Start]:
    return [a for a in actions if isinstance(a, Start)]
