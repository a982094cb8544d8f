"""What to do about the engine, decided by time and what was heard of it: a pure state machine.

`step` takes a state, an event and the time, and gives the next state and what is to be done. The
thread that does it is `livegan.stage.supervision.supervisor_thread`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from livegan.ipc.messages import Alive, Commit, FromEngine, Ready, TakeOver
from livegan.ipc.wire import encode
from livegan.stage.supervision import standby as standbys
from livegan.stage.supervision.actions import Announce, Kill, Start, SupervisorAction
from livegan.stage.supervision.events import (
    EngineHeard,
    Gone,
    Guilt,
    Insist,
    StandbyGone,
    StandbyHeard,
    SupervisorEvent,
)
from livegan.stage.supervision.health import EngineSigns, Limits, illness
from livegan.stage.supervision.standby import Standby
from livegan.stage.supervision.state import SupervisorState

KEPT = 8  # commits that are remembered to return to
BUILDING = ("proposed", "proven")  # a commit in one of these keeps the engine busy
BLAME: dict[Guilt, int] = {"doubtful": 1, "likely": 3, "certain": 6}
DEADLY = 6
"""Blame at which a program is blocked: after two deaths as a rule."""


def begin(now: float, *, standby: bool = False) -> tuple[SupervisorState, list[SupervisorAction]]:
    """The first state, and the first start."""
    return SupervisorState(heard=now, since=now, standby=Standby(wanted=standby)), [Start(None, ())]


def woke(state: SupervisorState, now: float) -> SupervisorState:
    """After a sleep of the whole machine: the engine slept as well, and is not to blame."""
    return replace(state, heard=now)


def step(
    state: SupervisorState, event: SupervisorEvent, now: float, limits: Limits | None = None
) -> tuple[SupervisorState, list[SupervisorAction]]:
    """The next state and what is to be done, in order. ``now`` is in seconds, on any clock."""
    limits = limits or Limits()
    if isinstance(event, EngineHeard):
        return _heard(state, event.message, now)
    if isinstance(event, Gone):
        return _gone(state, event, now, limits)
    if isinstance(event, Insist):
        return _insist(state, event, now)
    if isinstance(event, StandbyHeard):
        return _standby_heard(state, event.message)
    if isinstance(event, StandbyGone):
        after = replace(state, standby=standbys.gone(state.standby, now))
        return after, [Announce("standby", f"the standby engine stopped ({event.how})")]
    return _tick(state, event.seen, now, limits)


def _tick(
    state: SupervisorState, seen: EngineSigns | None, now: float, limits: Limits
) -> tuple[SupervisorState, list[SupervisorAction]]:
    if state.phase == "dead":
        if state.standby.there:
            return _return(state, now, standbys.taken(state.standby), TakeOver)
        if now < state.return_at:
            return state, []
        return _return(state, now, state.standby, Start)
    if state.phase == "stalled":
        return state, []
    if seen is not None:
        stopped = (state.stopped_since or now) if seen.stopped else None
        state = replace(state, stopped_since=stopped)
        if seen.beats != state.beats:
            state = replace(state, beats=seen.beats, heard=now)
    how = illness(state, seen, now, limits)
    if how:
        return replace(state, phase="stalled"), [Kill(how)]
    if (
        state.in_a_row
        and state.played_since is not None
        and now - state.played_since > limits.settled
    ):
        state = replace(state, in_a_row=0)
    standby, actions = standbys.look(
        state.standby,
        state.resume,
        state.blocked,
        playing_since=state.played_since if state.phase == "playing" else None,
        on_air_since=state.since,
        now=now,
    )
    return replace(state, standby=standby), list(actions)


def _return(
    state: SupervisorState, now: float, standby: Standby, how: type[Start] | type[TakeOver]
) -> tuple[SupervisorState, list[SupervisorAction]]:
    """A new process, or the one that stood by."""
    fresh = replace(
        state,
        phase="returning",
        heard=now,
        beats=0,
        # One that stood by is alive already: it is not waited for as long as one that starts.
        greeted=how is TakeOver and state.standby.ready,
        stopped_since=None,
        building=frozenset(),
        standby=standby,
    )
    resume = encode(state.resume) if state.resume else None
    earlier = tuple(encode(report) for report in (*state.resumes[1:], *state.last_resorts))
    return fresh, [how(resume=resume, blocked=state.blocked, earlier=earlier)]


def _heard(
    state: SupervisorState, message: FromEngine, now: float
) -> tuple[SupervisorState, list[SupervisorAction]]:
    if state.phase in ("stalled", "dead"):  # the last words of one that is being killed
        return state, []
    state = replace(state, heard=now, greeted=True)
    actions: list[SupervisorAction] = []
    if isinstance(message, Commit):
        status = message.status
        building = state.building - {message.id}
        if status in BUILDING:
            building |= {message.id}
        if status == "refused":  # what plays is what is left to blame
            state = _rolled_back(state, message, now)
            on_air = state.good[-1].digest if state.good else None
            state = replace(state, suspect=on_air, since=now)
        elif status != "superseded":  # unnamed so far: better nobody than the wrong one
            state = replace(state, suspect=message.digest or None, since=now)
        if status == "on_air":
            airing = (message.digest, now)
            state = replace(
                state, good=(*state.good, message)[-KEPT:], aired=_aired(state, now), airing=airing
            )
        state = replace(state, building=building)
        playing = status == "on_air"
    else:
        playing = isinstance(message, Alive) and message.frame > 0
    if playing and state.phase in ("starting", "returning"):
        if state.phase == "returning":
            gap, back = round(now - state.lost_at, 2), state.good[-1] if state.good else None
            actions.append(Announce("recovery", "the engine is back" + _with(back), gap_s=gap))
        state = replace(state, phase="playing", played_since=now)
    return state, actions


def _rolled_back(state: SupervisorState, refused: Commit, now: float) -> SupervisorState:
    """Without a program that was refused when it was on air: the one before it is, again."""
    version = refused.version
    good = tuple(m for m in state.good if not version or m.version != version)
    if not good or good == state.good:
        return state
    airing = (good[-1].digest, now)
    return replace(state, good=good, aired=_aired(state, now), airing=airing)


def _gone(
    state: SupervisorState, event: Gone, now: float, limits: Limits
) -> tuple[SupervisorState, list[SupervisorAction]]:
    if state.phase == "dead":
        return state, []
    actions: list[SupervisorAction] = []
    deaths, blocked, aired = dict(state.deaths), state.blocked, _aired(state, now)
    # What plays may end the engine while a save is proven, and that save may be the one that mends.
    who = state.suspect if event.proving is not False or not state.airing else state.airing[0]
    if who is not None:
        before = 0 if aired.pop(who, 0.0) > limits.settled else deaths.get(who, 0)
        deaths[who] = before + BLAME[event.guilt]
        played = {report.digest for report in state.good}
        # The only program there is comes back however often it dies: better that than nothing.
        if (
            deaths[who] >= DEADLY
            and who not in blocked
            and (who not in played or played - {who, *blocked})
        ):
            blocked = (*blocked, who)
            actions.append(
                Announce(
                    "blocked",
                    "This set crashed the engine twice. It is disabled until you edit it.",
                )
            )
    wait = 0.0
    if state.in_a_row:
        wait = min(limits.longest_backoff, limits.backoff * 2 ** (min(state.in_a_row, 16) - 1))
    after = replace(
        state,
        phase="dead",
        deaths=deaths,
        blocked=blocked,
        aired=aired,
        airing=None,
        suspect=None,
        building=frozenset(),
        in_a_row=state.in_a_row + 1,
        played_since=None,
        lost_at=state.heard,
        return_at=now + wait,
        total_deaths=state.total_deaths + 1,
    )
    when = "now" if wait == 0 else f"in {wait:g} s"
    who_returns = (
        "the standby engine takes over" if state.standby.there else f"restarting it {when}"
    )
    how = event.how + _at(event)
    text = f"the engine stopped ({how}); {who_returns}" + _with(after.resume)
    return after, [Announce("death", text, event.how, event.node, event.where), *actions]


def _aired(state: SupervisorState, now: float) -> dict[str, float]:
    """How long each program that was blamed has been on air since."""
    aired = dict(state.aired)
    if state.airing is not None and state.airing[0] in state.deaths:
        who, since = state.airing
        aired[who] = aired.get(who, 0.0) + max(0.0, now - since)
    return aired


def _insist(
    state: SupervisorState, event: Insist, now: float
) -> tuple[SupervisorState, list[SupervisorAction]]:
    state = replace(state, good=(*state.good, event.resume)[-KEPT:])
    if state.phase == "dead":
        return replace(state, return_at=now), []
    if state.phase == "stalled":
        return state, []
    return replace(state, phase="stalled"), [
        Announce("death", event.text),
        Kill("it did not obey a key"),
    ]


def _standby_heard(
    state: SupervisorState, message: FromEngine
) -> tuple[SupervisorState, list[SupervisorAction]]:
    if isinstance(message, Commit) and message.status == "refused":
        reason = f"the standby engine cannot play this set: {message.reason}"
        return state, [Announce("standby", reason)]
    if not isinstance(message, Ready):
        return state, []
    first = not state.standby.ready
    after = replace(state, standby=replace(state.standby, ready=True, deaths=0))
    return after, [
        Announce("standby", "the standby engine is ready" + _with(message))
    ] if first else []


def _with(program: Commit | Ready | None) -> str:
    """Which program, for the end of a sentence."""
    version = None if program is None else program.version
    return "" if version is None else f" with version {version}"


def _at(event: Gone) -> str:
    """What a process was at, for the end of a sentence."""
    where = Path(event.where).name if event.where else ""
    return f" at {', '.join(filter(None, (event.node, where)))}" if event.node or where else ""
