"""An evening with gremlins: every fault of a schedule is done to a real show, and judged."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from livegan.gremlins import machine
from livegan.gremlins.catalogue import catalogue
from livegan.gremlins.copying import Copy
from livegan.gremlins.fault import DEVICE, FILE, FRESH, MANAGED, STANDBY, Gremlin, Message, Sight
from livegan.gremlins.judging import BLACK, NOT_AS_BEFORE, Outcome, judge, seen
from livegan.gremlins.music import write_music
from livegan.gremlins.schedule import DEADLY, ScheduledTurn, schedule
from livegan.gremlins.screen import managed, screen
from livegan.gremlins.sheet import line_of
from livegan.gremlins.show import Mark, Show, ShowEnded
from livegan.gremlins.soundcard import sound_card
from livegan.gremlins.witness import ShownGlance
from livegan.size import UNSAID, Size
from livegan.stage.options import Options
from livegan.stage.record.picture_age import age_line
from livegan.stage.supervision.health import Limits

SHOWS = {
    FILE: " that hears a file",
    STANDBY: " with a standby engine",
    DEVICE: " that hears a sound device",
    MANAGED: " under a window manager",
    FRESH: " of its own",
}
PATIENCE = 3.0
"""How many times longer than promised something may take until it counts as never."""
RETURNS = 30.0
"""Seconds that a show may take to be as before."""
QUIET = 9.0
"""Seconds that a show plays before anything is done to it: longer than from silence to silence."""
GRACE = 10.0
"""Seconds that processes of a show may take to be gone after it."""
SILENT = 3.0
"""Seconds after which a save that nothing is said of says nothing new."""
SETTLED = Limits().settled
"""Seconds from an engine's return until its death counts as the first: another starts at once."""
SURE = 1.0
"""Seconds more than that, to be sure."""
END = "the show ends in order"
ROOM = "livegan-gremlins-"
"""How folders with copies of sets begin, in that for temporary files."""

Told = Callable[[str, str], None]
"""Called with a line that is to be read, or "", and with what is happening now."""


@dataclass(frozen=True)
class EveningPlan:
    """What an evening is made of."""

    set: Path
    working: Path
    music: Path
    """A sound file."""
    seed: int = 0
    saves: int = 40
    """Slips and half saves in a row."""
    only: str = ""
    """Only faults whose name or row has this in it."""
    size: Size = UNSAID
    fps: float = 0.0
    device: str = "auto"
    window: tuple[int, int] = (512, 512)
    hud: bool = True
    calm: float = 1.0
    """How long pauses are, how long a fault stands, and how long an engine must play until its end
    counts as the first, in shares of the usual."""

    def faults(self) -> list[Gremlin]:
        """Those of the catalogue that are wanted."""
        word = self.only.casefold()
        found = catalogue(self.saves, self.seed)
        return [f for f in found if not word or word in f.name.casefold() or word == f.row]


class Evening:
    """Plays the shows of a plan, one after the other."""

    def __init__(
        self,
        plan: EveningPlan,
        told: Told = lambda line, now: None,
        look: Callable[[Show, Gremlin], None] = lambda show, fault: None,
        faults: Sequence[Gremlin] | None = None,
    ) -> None:
        """``look`` is called again and again while a fault is on: for eyes of one's own.

        ``faults`` are those to be done; all that the plan wants if None.
        """
        self.plan = plan
        self._faults = plan.faults() if faults is None else faults
        self._told, self._look = told, look
        self._dark = self._watched = False
        self.outcomes: list[Outcome] = []

    def play(self) -> list[Outcome]:
        """Do everything. Raises ShowEnded if the set does not play even undisturbed."""
        with contextlib.ExitStack() as stack:
            env = stack.enter_context(screen())
            turns = schedule(self._faults, self.plan.seed)
            for kind in turns:
                possible = []
                for turn in turns[kind]:
                    reasons = [machine.lacking(need, env) for need in turn.fault.needs]
                    lacking = ", ".join(filter(None, reasons))
                    if lacking:
                        self._add(not_done(turn.fault, f"needs {lacking}"))
                    else:
                        possible.append(turn)
                self._play_show(kind, possible, env)
        return self.outcomes

    def _play_show(self, kind: str, turns: Sequence[ScheduledTurn], env: Mapping[str, str]) -> None:
        left = list(turns)
        while left:
            self._told("", "starting a show" + SHOWS[kind])
            with self.open(kind, env) as show:
                try:
                    self._begin(show, kind)
                except ShowEnded as ended:
                    if not any(outcome.presented for outcome in self.outcomes):
                        raise
                    for turn in left:
                        why = (f"the show did not start: {ended}",)
                        self._add(Outcome(turn.fault.name, turn.fault.row, "fail", why=why))
                    return
                while left:
                    turn = left.pop(0)
                    if kind != FRESH:
                        self._rest(show, turn.pause * self.plan.calm)
                        self._settle(show, turn.fault)
                    self._told("", turn.fault.name)
                    outcome = shortened(self._strike(show, turn.fault), show.copy)
                    self._add(outcome)
                    lost = any(why.startswith(NOT_AS_BEFORE) for why in outcome.why)
                    if kind == FRESH or lost or not alive(show):
                        break
                if kind != FRESH and alive(show) and not left:
                    self._add(ending(show))

    def _begin(self, show: Show, kind: str) -> None:
        """Start a show, unless it is one that its fault starts, and see how it plays."""
        if kind != FRESH:
            show.start()
            self._rest(show, 0.0 if self._watched else QUIET)
            self._watched = True

    def _rest(self, show: Show, seconds: float) -> None:
        """Let it play; whether it is black at times by itself is remembered."""
        mark = show.mark()
        show.listen(seconds)
        if is_dark(show.glances[mark.glances :]):
            self._dark = True

    @contextlib.contextmanager
    def open(self, kind: str, env: Mapping[str, str]) -> Iterator[Show]:
        """A show that is not started yet, in a folder of its own."""
        plan = self.plan
        with contextlib.ExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix=f"{ROOM}{os.getpid()}-")
            room = Path(stack.enter_context(folder))
            copy = Copy(plan.set, plan.working, room)
            music = room / "music.wav"
            write_music(plan.music, music)
            sink = None
            audio = f"file:{music}"
            if kind == DEVICE or (kind == FRESH and not machine.lacking("sound", env)):
                sink = stack.enter_context(sound_card())
                env = {**env, **{k: v for k, v in sink.env.items() if os.environ.get(k) != v}}
                audio = "device:pulse"
            if kind == MANAGED:
                env = {**env, "DISPLAY": stack.enter_context(managed())}
            options = Options(
                set=copy.set,
                folder=copy.folder,
                audio=audio,
                audible=False,
                size=plan.size,
                fps=plan.fps,
                device=plan.device,
                window=plan.window,
                hud=plan.hud,
                journal="full",
                standby=kind == STANDBY,
                limits=Limits(settled=SETTLED * plan.calm),
            )
            show = Show(copy, options, env, sink=sink, music=music)
            stack.callback(show.close)
            show.play_music()
            yield show

    def _add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._told(line_of(outcome), "the show plays")

    def _settle(self, show: Show, fault: Gremlin) -> None:
        """Before what may end an engine: let it play for as long as it takes until a death counts
        as the first. After several in a row the stage waits longer each time, as it should."""
        fates = [h.at for h in show.heard if h.message.get("kind") in ("death", "recovery")]
        if fates and fault.row in DEADLY:
            left = fates[-1] + SETTLED * self.plan.calm + SURE - time.monotonic()
            self._rest(show, max(0.0, left))

    def _strike(self, show: Show, fault: Gremlin) -> Outcome:
        """Do one fault, mend it, and judge."""
        mark = show.mark()
        try:
            fault.before(show)
            mark = show.mark()
            fault.strike(show)
            self._watch(show, fault, mark)
            mended = show.mark()
            fault.mend(show)
            until = as_before(show, mended, fault)
            wrong = fault.also(show)
            self._look_for(show, fault, fault.then, mended)
            show.listen()
        except ShowEnded as ended:
            lines, seen_of = show.since(mark), looks(show, mark)
            return judge(fault, lines, *seen_of, mark.at, None, [str(ended)], self._dark)
        except (OSError, subprocess.SubprocessError) as error:
            with contextlib.suppress(OSError, subprocess.SubprocessError, ShowEnded):
                fault.mend(show)
            return not_done(fault, str(error))
        lines, seen_of = show.since(mark), looks(show, mark)
        return judge(fault, lines, *seen_of, mark.at, until, wrong, self._dark)

    def _watch(self, show: Show, fault: Gremlin, mark: Mark) -> None:
        """Wait for what must be seen, and leave it so for a while."""
        self._look_for(show, fault, fault.must, mark)
        show.listen(fault.stands * self.plan.calm)
        self._look(show, fault)

    def _look_for(self, show: Show, fault: Gremlin, sights: Sequence[Sight], mark: Mark) -> None:
        def all_seen() -> bool:
            self._look(show, fault)
            return all(one.after is not None for one in seen(sights, show.since(mark), mark.at))

        if sights:
            show.wait(all_seen, max(sight.within for sight in sights) * PATIENCE)


def looks(show: Show, mark: Mark) -> tuple[Sequence[ShownGlance], Sequence[ShownGlance]]:
    """What was seen since a mark: on the window, and on another output."""
    return show.glances[mark.glances :], show.beside[mark.beside :]


def as_before(show: Show, mended: Mark, fault: Gremlin) -> float | None:
    """When the show was as before, on the monotonic clock; None if it was not in time."""
    if fault.edits and not show.wait(lambda: back_on_air(show, mended), RETURNS):
        return None

    def plays() -> float | None:
        window, beside = looks(show, mended)
        glances = window if fault.window else beside
        if sum(p.pictures for p in glances) >= 3 and glances[-1].pictures_open < 1.0:
            return next(p.at for p in glances if p.pictures)
        return None

    return show.wait(plays, RETURNS)


def back_on_air(show: Show, mended: Mark) -> bool:
    """Whether the good set went on the air after it was saved again.

    What was broken may be refused once more, by an engine that has just come back.
    """
    said = [str(h.message.get("status")) for h in show.since(mended) if is_commit(h.message)]
    # A text that says what the newest one said is answered with nothing.
    return "on_air" in said or (not said and time.monotonic() - mended.at > SILENT)


def is_commit(message: Message) -> bool:
    """Whether a line of the log is of a save on its way."""
    return message.get("type") == "commit"


def shortened(outcome: Outcome, copy: Copy) -> Outcome:
    """With the paths of a performer, not of the copy."""
    said, why = outcome.said, outcome.why
    for folder in (copy.set.parent, copy.folder, copy.room):
        said = said.replace(f"{folder}{os.sep}", "")
        why = tuple(line.replace(f"{folder}{os.sep}", "") for line in why)
    return replace(outcome, said=said, why=why)


def alive(show: Show) -> bool:
    """Whether the stage still runs."""
    return show.process is not None and show.process.poll() is None


def is_dark(glances: Sequence[ShownGlance]) -> bool:
    """Whether there was a black picture."""
    return any(p.brightest is not None and p.brightest <= BLACK for p in glances)


def not_done(fault: Gremlin, why: str) -> Outcome:
    """A fault that this machine cannot do."""
    return Outcome(fault.name, fault.row, "not done", why=(why,))


def ending(show: Show) -> Outcome:
    """The show is ended in order, and must leave nothing behind."""
    process = show.process
    assert process is not None
    left, shared = machine.children(process.pid), machine.shared_memory(process.pid)
    show.close()
    end = time.monotonic() + GRACE
    while time.monotonic() < end and any(map(machine.lives, left)):
        time.sleep(0.1)
    wrong = [] if process.returncode == 0 else [f"it ended with status {process.returncode}"]
    wrong += [
        f"process {pid} lives on: {machine.command(pid)}" for pid in left if machine.lives(pid)
    ]
    wrong += [f"shared memory {name} is left" for name in machine.still_there(shared)]
    presented = int(show.report["presented"]) if show.report else 0
    if show.report is None:
        wrong.append("it made no report")
    verdict: Literal["pass", "fail"] = "fail" if wrong else "pass"
    age = age_line(show.report["picture_age"]) if show.report else ""
    return Outcome(END, "stage", verdict, presented=presented, said=age, why=tuple(wrong))
