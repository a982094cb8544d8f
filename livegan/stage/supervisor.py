"""What to do about the engine, decided by time and what was heard of it: a pure state machine.

`step` takes a state, an event and the time, and gives the next state and what is to be done. The
thread that does it is `livegan.stage.keeper`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Message = dict[str, Any]
Phase = Literal["starting", "playing", "stalled", "dead", "returning"]
KEPT = 8  # on_air messages that are remembered to return to
BUILDING = ("proposed", "proven")  # a commit in one of these keeps the engine busy
DEADLY = 2  # deaths under one program after which it is blocked


@dataclass(frozen=True)
class Limits:
    """Seconds of patience."""

    alive: float = 5.0
    """Without a message while it plays."""
    building: float = 30.0
    """Without a message while a program is built: loading a large model may hold everything."""
    starting: float = 60.0
    """Before the first message of a process: a cold disk, a device that wakes up."""
    settled: float = 20.0
    """A program on air this long did not cause the death that follows; the count starts anew."""
    backoff: float = 0.5
    """The second death in a row waits this long, then twice as long each time; the first, not."""
    longest_backoff: float = 15.0


@dataclass(frozen=True)
class State:
    """All that is known of the engine."""

    phase: Phase = "starting"
    heard: float = 0.0
    """When the last message came, or the process was started."""
    greeted: bool = False
    """This process has said something."""
    building: frozenset[int | str] = frozenset()
    """The commits under way."""
    suspect: str | None = None
    """The program that is being proven or was put on air last: who is blamed for a death."""
    since: float = 0.0
    """When the suspect was heard of last."""
    good: tuple[Message, ...] = ()
    """The on_air messages, newest last."""
    deaths: dict[str, int] = field(default_factory=dict)
    """How often each program (its digest) killed an engine."""
    blocked: tuple[str, ...] = ()
    in_a_row: int = 0
    """Deaths since an engine last played for a while."""
    played_since: float | None = None
    return_at: float = 0.0
    total_deaths: int = 0

    @property
    def resume(self) -> Message | None:
        """The last good set: the newest on_air message whose program is not blocked."""
        for message in reversed(self.good):
            if message.get("digest") not in self.blocked:
                return message
        return None


@dataclass(frozen=True)
class Heard:
    """A message came."""

    message: Message


@dataclass(frozen=True)
class Gone:
    """The process ended."""

    how: str


@dataclass(frozen=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True)
class Insist:
    """The engine does not do what a key asked: it is to return with this on_air message instead."""

    resume: Message
    text: str
    """The line that the performer is told."""


@dataclass(frozen=True)
class Start:
    """Do: start a process with these options on top of the usual ones."""

    resume: Message | None
    blocked: tuple[str, ...]


@dataclass(frozen=True)
class Kill:
    """Do: kill the process; it is expected to be `Gone` after that."""


@dataclass(frozen=True)
class Tell:
    """Do: say one line to the performer. ``kind`` is "death", "recovery" or "blocked"."""

    kind: str
    text: str


Event = Heard | Gone | Tick | Insist
Action = Start | Kill | Tell


def patience(state: State, limits: Limits) -> float:
    """Seconds the engine may be silent in this state."""
    if not state.greeted:
        return limits.starting
    if state.building or state.phase in ("starting", "returning"):
        return limits.building
    return limits.alive


def begin(now: float) -> tuple[State, list[Action]]:
    """The first state, and the first start."""
    return State(heard=now, since=now), [Start(None, ())]


def woke(state: State, now: float) -> State:
    """After a sleep of the whole machine: the engine slept as well, and is not to blame."""
    return replace(state, heard=now)


def step(
    state: State, event: Event, now: float, limits: Limits | None = None
) -> tuple[State, list[Action]]:
    """The next state and what is to be done, in order. ``now`` is in seconds, on any clock."""
    limits = limits or Limits()
    if isinstance(event, Heard):
        return _heard(state, event.message, now)
    if isinstance(event, Gone):
        return _gone(state, event.how, now, limits)
    if isinstance(event, Insist):
        return _insist(state, event, now)
    if state.phase == "dead":
        if now < state.return_at:
            return state, []
        fresh = replace(state, phase="returning", heard=now, greeted=False, building=frozenset())
        return fresh, [Start(state.resume, state.blocked)]
    if state.phase == "stalled":
        return state, []
    if now - state.heard > patience(state, limits):
        silent = f"the engine has not answered for {now - state.heard:.0f} s and is started anew"
        return replace(state, phase="stalled"), [Tell("death", silent), Kill()]
    if (
        state.in_a_row
        and state.played_since is not None
        and now - state.played_since > limits.settled
    ):
        return replace(state, in_a_row=0), []
    return state, []


def _heard(state: State, message: Message, now: float) -> tuple[State, list[Action]]:
    if state.phase in ("stalled", "dead"):  # the last words of one that is being killed
        return state, []
    state = replace(state, heard=now, greeted=True)
    actions: list[Action] = []
    if message.get("type") == "commit":
        status, commit = message.get("status"), message.get("id", 0)
        building = state.building - {commit}
        if status in BUILDING:
            building |= {commit}
        if status != "refused":  # unnamed so far: better nobody than the wrong one
            state = replace(state, suspect=message.get("digest") or None, since=now)
        else:  # what plays is what is left to blame
            on_air = state.good[-1].get("digest") if state.good else None
            state = replace(state, suspect=on_air, since=now)
        if status == "on_air":
            state = replace(state, good=(*state.good, message)[-KEPT:])
        state = replace(state, building=building)
        playing = status == "on_air"
    else:
        playing = message.get("type") == "alive" and (message.get("frame") or 0) > 0
    if playing and state.phase in ("starting", "returning"):
        if state.phase == "returning":
            actions.append(Tell("recovery", "the engine is back" + _with(state.good[-1:])))
        state = replace(state, phase="playing", played_since=now)
    return state, actions


def _gone(state: State, how: str, now: float, limits: Limits) -> tuple[State, list[Action]]:
    if state.phase == "dead":
        return state, []
    actions: list[Action] = []
    deaths, blocked = dict(state.deaths), state.blocked
    who = state.suspect
    if who is not None:
        settled = state.phase == "playing" and now - state.since > limits.settled
        deaths[who] = 1 if settled else deaths.get(who, 0) + 1
        played = {message.get("digest") for message in state.good}
        # The only program there is comes back however often it dies: better that than nothing.
        if (
            deaths[who] >= DEADLY
            and who not in blocked
            and (who not in played or played - {who, *blocked})
        ):
            blocked = (*blocked, who)
            actions.append(
                Tell("blocked", "this set ended the engine twice and is left out until it changes")
            )
    wait = 0.0
    if state.in_a_row:
        wait = min(limits.longest_backoff, limits.backoff * 2 ** (min(state.in_a_row, 16) - 1))
    after = replace(
        state,
        phase="dead",
        deaths=deaths,
        blocked=blocked,
        suspect=None,
        building=frozenset(),
        in_a_row=state.in_a_row + 1,
        played_since=None,
        return_at=now + wait,
        total_deaths=state.total_deaths + 1,
    )
    when = "at once" if wait == 0 else f"in {wait:g} s"
    text = f"the engine is gone ({how}); it returns {when}" + _with((after.resume,))
    return after, [Tell("death", text), *actions]


def _insist(state: State, event: Insist, now: float) -> tuple[State, list[Action]]:
    state = replace(state, good=(*state.good, event.resume)[-KEPT:])
    if state.phase == "dead":
        return replace(state, return_at=now), []
    if state.phase == "stalled":
        return state, []
    return replace(state, phase="stalled"), [Tell("death", event.text), Kill()]


def _with(messages: tuple[Message | None, ...]) -> str:
    """Which program, for the end of a sentence."""
    version = messages[0].get("version") if messages and messages[0] else None
    return "" if version is None else f" with version {version}"
