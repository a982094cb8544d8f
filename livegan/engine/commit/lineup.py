"""The lineup: what is proven, cued, on the air and kept to go back to; a pure state machine.

`step` takes the state and what happened, and gives the next state and what is to be done. Whoever
brings an event, events are taken one at a time: see `livegan.engine.program.player.Player.happen`.

What the performer did last counts. A newer save takes the place of one on its way to the air; a
panic key takes the place of both, at whatever step they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from livegan.engine.program.quantise import next_beat, still_ahead
from livegan.graph.settings import swap_beats
from livegan.ipc.messages import Note

if TYPE_CHECKING:  # decisions need no torch
    from livegan.engine.commit.script import Refusal
    from livegan.engine.program.program import Program

KEPT_PROGRAMS = 5
"""Programs that an undo can go back to."""


# The state ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cue:
    """A proven program that waits for its beat."""

    program: Program
    commit: int
    """The number of the commit that brought it."""
    beats: float
    """It goes on the air when the count of beats reaches this."""
    grid: float = 0.0
    """The multiples of beats that it waits for; 0 for none."""


SafeSetState = Literal["none", "wanted", "failed"]
"""Of a safe set that is not proven: nobody asked for it yet, a key did, or it cannot be proven."""


@dataclass(frozen=True)
class Lineup:
    """All that is decided about programs, as one value."""

    proving: int | None = None
    """The number of the commit that is being built or proven."""
    cued: Cue | None = None
    on_air: Program | None = None
    earlier: tuple[Program, ...] = ()
    """What was on the air before, newest last; never the safe set."""
    safe: Program | SafeSetState = "none"
    """The safe set, once it is proven."""
    forgotten: Program | None = None
    """What played before nothing did: the next save keeps what it can of it."""
    versions: int = 0
    """The number of the newest program."""

    @property
    def newest(self) -> Program | None:
        """What the next save is compared with: never the safe set."""
        if self.cued is not None:
            return self.cued.program
        if self.on_air is not None and not self.on_air.safe:
            return self.on_air
        return self.earlier[-1] if self.earlier else self.forgotten

    @property
    def programs(self) -> tuple[Program, ...]:
        """Every program that plays or may play again."""
        cued = () if self.cued is None else (self.cued.program,)
        others = (self.on_air, self.forgotten)
        return (*cued, *(p for p in others if p is not None), *self.earlier)


# What happened -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposed:
    """A save is to be built and proven."""

    commit: int


@dataclass(frozen=True)
class Proven:
    """It was, at this count of beats."""

    commit: int
    program: Program
    beats: float = 0.0


@dataclass(frozen=True)
class Refused:
    """It was not, or was given up."""

    commit: int
    why: Refusal


@dataclass(frozen=True)
class Overtaken:
    """A newer save says something else, perhaps what plays already."""

    commit: int


@dataclass(frozen=True)
class KeyPressed:
    """A key was pressed: "undo", or "safe", which puts the safe set on the air or takes it off."""

    name: Literal["undo", "safe"]


@dataclass(frozen=True)
class SafeProven:
    """The safe set was proven; None if it could not be."""

    program: Program | None


@dataclass(frozen=True)
class FrameBegins:
    """A frame begins, at this count of beats and this show time (s)."""

    beats: float
    time: float = 0.0


@dataclass(frozen=True)
class Failed:
    """A node of a program failed soon after the program went on the air."""

    program: Program
    why: Refusal


@dataclass(frozen=True)
class Hurry:
    """What is cued is not to wait for its beat."""


@dataclass(frozen=True)
class Numbered:
    """The next program is to have this number: one that comes back keeps its own."""

    version: int


@dataclass(frozen=True)
class Forget:
    """Nothing is to play until something is proven."""


LineupEvent = (
    Proposed
    | Proven
    | Refused
    | Overtaken
    | KeyPressed
    | SafeProven
    | FrameBegins
    | Failed
    | Hurry
    | Numbered
    | Forget
)


# What is to be done ------------------------------------------------------------------------------


@dataclass(frozen=True)
class TellStatus:
    """Say how a commit stands."""

    commit: int
    status: Literal["proposed", "superseded", "on_air"]
    reason: str = ""
    at: float | None = None
    """Show time in seconds at which it went on the air."""


@dataclass(frozen=True)
class TellCued:
    """Say that a commit is proven and cued: ``program`` is its program, with its number."""

    commit: int
    program: Program


@dataclass(frozen=True)
class TellRefused:
    """Say that a commit does not go on the air."""

    commit: int
    why: Refusal


@dataclass(frozen=True)
class TellAired:
    """Say that a key put this program on the air."""

    program: Program
    reason: Literal["undo", "safe set"]


@dataclass(frozen=True)
class TellRolledBack:
    """Say that a program failed on the air, and that ``good`` is back."""

    bad: Program
    good: Program
    why: Refusal


@dataclass(frozen=True)
class ReadAgain:
    """Read the set's file again, though nobody saved it."""


LineupAction = TellStatus | TellCued | TellRefused | TellAired | TellRolledBack | Note | ReadAgain
Next = tuple[Lineup, list[LineupAction]]

NEWER, UNDONE, SAFE = (
    "a newer save replaced it",
    "undone before it was on the air",
    "the safe set replaced it",
)


def step(now: Lineup, event: LineupEvent) -> Next:
    """The next lineup and what is to be done, in order."""
    if isinstance(event, Proposed):
        actions = _superseded(now, NEWER, cued=False)
        return replace(now, proving=event.commit), [*actions, TellStatus(event.commit, "proposed")]
    if isinstance(event, Proven):
        return _proven(now, event)
    if isinstance(event, Refused):
        if event.commit != now.proving:
            return now, []
        return replace(now, proving=None), [TellRefused(event.commit, event.why)]
    if isinstance(event, Overtaken):
        if event.commit != now.proving:
            return now, []
        return replace(now, proving=None), [TellStatus(event.commit, "superseded", NEWER)]
    if isinstance(event, KeyPressed):
        return _undo(now) if event.name == "undo" else _safe(now)
    if isinstance(event, SafeProven):
        wanted = now.safe == "wanted"
        now = replace(now, safe="failed" if event.program is None else event.program)
        return _safe(now) if wanted else (now, [])
    if isinstance(event, FrameBegins):
        return _frame(now, event)
    if isinstance(event, Failed):
        if now.on_air is not event.program or not now.earlier:
            return now, []
        *earlier, good = now.earlier
        after = replace(now, on_air=good, earlier=tuple(earlier))
        return after, [TellRolledBack(event.program, good, event.why)]
    if isinstance(event, Hurry):
        return _at_once(now), []
    if isinstance(event, Numbered):
        return replace(now, versions=max(0, event.version - 1)), []
    actions = _superseded(now, NEWER)
    left = Lineup(safe=now.safe, forgotten=now.newest, versions=now.versions)
    return left, actions


def _proven(now: Lineup, event: Proven) -> Next:
    if event.commit != now.proving:
        return now, []  # another version replaced it: it never goes on the air
    versions = now.versions + 1
    program = replace(event.program, version=versions)
    grid = 0.0
    if now.on_air is not None:
        bar = int(program.setting("beats_per_bar", 4))
        grid = swap_beats(str(program.setting("swap", "bar")), bar)
    beats = -math.inf if grid == 0.0 else next_beat(event.beats, grid)
    cue = Cue(program, event.commit, beats, grid)
    actions = _superseded(replace(now, proving=None), NEWER)
    after = replace(now, proving=None, cued=cue, versions=versions)
    return after, [*actions, TellCued(event.commit, program)]


def _undo(now: Lineup) -> Next:
    """What is on its way to the air is undone first: what plays goes on. Else the one before it."""
    if now.on_air is not None and (now.proving is not None or now.cued is not None):
        actions = _superseded(now, UNDONE)
        return replace(now, proving=None, cued=None), [*actions, TellAired(now.on_air, "undo")]
    if not now.earlier:
        return now, [Note("nothing to undo: this is the first version")]
    return _back(now)


def _back(now: Lineup) -> Next:
    *earlier, program = now.earlier
    return replace(now, on_air=program, earlier=tuple(earlier)), [TellAired(program, "undo")]


def _safe(now: Lineup) -> Next:
    if now.on_air is not None and now.on_air.safe:
        # A save that was made since is wanted as much as what was there before.
        return _back(now) if now.earlier else (now, [ReadAgain()])
    if now.safe == "failed":
        return now, [Note("the safe set is not ready")]
    if isinstance(now.safe, str):
        wanted = replace(now, safe="wanted")
        return wanted, [Note("the safe set plays as soon as it has been tested")]
    versions = now.versions + 1
    program = replace(now.safe, version=versions)
    actions = _superseded(now, SAFE)
    after = replace(_aired(now, program), proving=None, cued=None, versions=versions)
    return after, [*actions, TellAired(program, "safe set")]


def _frame(now: Lineup, event: FrameBegins) -> Next:
    cue = now.cued
    if cue is None:
        return now, []
    due = still_ahead(cue.beats, event.beats, cue.grid)
    if event.beats < due:
        return (now if due == cue.beats else replace(now, cued=replace(cue, beats=due))), []
    return replace(_aired(now, cue.program), cued=None), [
        TellStatus(cue.commit, "on_air", at=event.time)
    ]


def _at_once(now: Lineup) -> Lineup:
    if now.cued is None:
        return now
    return replace(now, cued=replace(now.cued, beats=-math.inf))


def _aired(now: Lineup, program: Program) -> Lineup:
    """With another program on the air; what played before is kept, unless that was the safe set."""
    earlier = now.earlier
    if now.on_air is not None and not now.on_air.safe:
        earlier = (*earlier, now.on_air)[-KEPT_PROGRAMS:]
    return replace(now, on_air=program, earlier=earlier, forgotten=None)


def _superseded(now: Lineup, reason: str, *, cued: bool = True) -> list[LineupAction]:
    """Say of what is on its way to the air that another version replaced it."""
    found: list[int] = [] if now.proving is None else [now.proving]
    if cued and now.cued is not None:
        found.insert(0, now.cued.commit)
    return [TellStatus(commit, "superseded", reason) for commit in found]


def lost(before: Lineup, after: Lineup) -> tuple[Any, ...]:
    """The programs that nothing can bring back any more."""
    left = after.programs
    return tuple(p for p in before.programs if not any(p is other for other in left))
