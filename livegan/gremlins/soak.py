"""The soak: a show that goes on for hours, with edits and a few faults, and what it holds.

What a show holds may not grow with its length. `verdicts` is the rule, pure; `Soak` plays the show
and takes the samples.
"""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from livegan import __version__
from livegan.gremlins import machine
from livegan.gremlins.evening import Evening, EveningPlan, alive
from livegan.gremlins.fault import FILE
from livegan.gremlins.faults.edits import EDITS
from livegan.gremlins.faults.files import FILES
from livegan.gremlins.graft import around
from livegan.gremlins.machine import Holding, holding
from livegan.gremlins.saves import broken
from livegan.gremlins.screen import screen
from livegan.gremlins.sheet import machine_name
from livegan.gremlins.show import Show, ShowEnded

SAMPLES = 720
"""How many there are in a run, at most one a second."""
EDITED = 12.0
"""Seconds between two saves."""
KILLS = (0.03, 0.08, 0.15)
"""When engines are killed, as shares of the run: memory is judged on the one that then lives on."""
WARM_SECONDS = 600.0
WARM_SHARE = 0.4
"""What comes before does not count: the first ten minutes, in a short run the first two fifths."""
ENDS = 0.2
"""The share of what counts that its beginning and its end are, of which medians are compared."""
LONG_RUN = 3600.0
GROWTH, GROWTH_SHORT = 0.01, 0.03
"""How much memory may grow; more in a run of less than an hour, where a buffer counts for more."""
HANDLES = 2
"""How many more handles there may be: one that is open at the moment of a sample is no leak."""
DRIFT = 0.05
"""Seconds that picture and sound may drift apart, and show time from the clock of the machine."""


@dataclass(frozen=True)
class SoakSample:
    """What a show holds at a moment. Times in seconds since the show began."""

    at: float
    engine_pid: int
    stage: Holding
    engine: Holding
    shared: int
    """Pieces of shared memory of the stage."""
    age: float
    """From the newest sound in the picture to the newest heard."""
    behind: float
    """The time that has passed by the clock, less show time."""
    presented: int
    """Frames since the sample before."""
    pictures: int
    longest: float


@dataclass(frozen=True)
class Verdict:
    """One thing that may not grow."""

    what: str
    begin: float
    end: float
    allowed: float
    """How much ``end`` may lie above ``begin``; for drift, away from it."""
    unit: str
    good: bool

    def __str__(self) -> str:
        form = ".3f" if self.unit == "s" else ".1f" if self.unit == "MB" else ".0f"
        rise = self.end - self.begin
        percent = f" ({rise / self.begin:+.2%})" if self.unit == "MB" and self.begin else ""
        return f"{self.begin:{form}} to {self.end:{form}} {self.unit}{percent}".rstrip()


@dataclass(frozen=True)
class SoakReport:
    """A soak, judged."""

    set: str
    seconds: float
    counts: dict[str, int]
    verdicts: tuple[Verdict, ...]
    wrong: tuple[str, ...]
    samples: tuple[SoakSample, ...]

    @property
    def good(self) -> bool:
        """Nothing grew and nothing went wrong."""
        return not self.wrong and all(verdict.good for verdict in self.verdicts)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        data = asdict(self)
        return {
            "livegan": __version__,
            "machine": machine_name(),
            "rule": rule(self.seconds),
            "good": self.good,
            **data,
        }


def warm(seconds: float) -> float:
    """How long of a run does not count, in seconds."""
    return min(WARM_SECONDS, WARM_SHARE * seconds)


def growth(seconds: float) -> float:
    """The share by which memory may grow in a run of that length."""
    return GROWTH if seconds >= LONG_RUN else GROWTH_SHORT


def rule(seconds: float) -> str:
    """What is compared, in words."""
    return (
        f"medians of the first and last fifth of what comes after {warm(seconds) / 60:.1f} min, "
        "of the engine after as long from its own start: "
        f"memory at most {growth(seconds):.0%} more, handles, threads and shared memory no more "
        f"(one or two that were open at that moment aside); of delays what a tenth are not above, "
        f"within {DRIFT:g} s"
    )


def verdicts(samples: Sequence[SoakSample], seconds: float) -> list[Verdict]:
    """What grew and what did not, of a run of ``seconds``.

    Of engines the last one counts, once it has played as long as a show is to be warm: one that
    came late for half of its time.
    """
    counted = [s for s in samples if s.at >= warm(seconds)]
    mine = [s for s in samples if s.engine_pid == samples[-1].engine_pid]
    if mine:
        born, ended = mine[0].at, mine[-1].at
        mine = [s for s in mine if s.at >= born + min(warm(seconds), (ended - born) / 2)]
    if len(mine) < 10:
        raise ValueError("too short a run to judge: there are fewer than ten samples that count")
    share = growth(seconds)

    def compared(
        what: str, of: Sequence[SoakSample], value: Callable[[SoakSample], float], unit: str
    ) -> Verdict:
        fifth = max(1, round(len(of) * ENDS))
        first, last = [value(s) for s in of[:fifth]], [value(s) for s in of[-fifth:]]
        if unit == "s":
            begin, end = best(first), best(last)
            return Verdict(what, begin, end, DRIFT, unit, abs(end - begin) <= DRIFT)
        begin, end = median(first), median(last)
        allowed = begin * share if unit == "MB" else HANDLES
        return Verdict(what, begin, end, allowed, unit, end - begin <= allowed)

    return [
        compared("memory of the stage", counted, lambda s: s.stage.memory / 1e6, "MB"),
        compared("memory of the engine", mine, lambda s: s.engine.memory / 1e6, "MB"),
        compared("handles of the stage", counted, lambda s: s.stage.handles, ""),
        compared("handles of the engine", mine, lambda s: s.engine.handles, ""),
        compared("threads of the stage", counted, lambda s: s.stage.threads, ""),
        compared("threads of the engine", mine, lambda s: s.engine.threads, ""),
        compared("shared memory", counted, lambda s: s.shared, ""),
        compared("age of the sound in the picture", counted, lambda s: s.age, "s"),
        compared("show time behind the clock", counted, lambda s: s.behind, "s"),
    ]


def best(seconds: Sequence[float]) -> float:
    """What a tenth of them are not above: a busy machine delays some, a drift moves them all."""
    return sorted(seconds)[len(seconds) // 10]


class Soak:
    """Plays a show for so long, edits it, and samples what it holds."""

    def __init__(
        self,
        plan: EveningPlan,
        seconds: float,
        told: Callable[[float, str], None] = lambda at, line: None,
    ) -> None:
        """``told`` hears the seconds that have passed and a line about it, which may be empty."""
        self.plan, self.seconds, self._told = plan, seconds, told
        self._rng = random.Random(plan.seed)
        self.samples: list[SoakSample] = []
        self.wrong: list[str] = []
        self.counts = dict.fromkeys(("saves", "refused", "on_air", "faults", "kills"), 0)

    def play(self) -> SoakReport:
        """Play it to its end. Raises ShowEnded if the set does not play even undisturbed."""
        with contextlib.ExitStack() as stack:
            env = stack.enter_context(screen())
            show = stack.enter_context(Evening(self.plan).open(FILE, env))
            show.start()
            try:
                self._play(show)
            except ShowEnded as ended:
                self.wrong.append(str(ended))
        judged = tuple(verdicts(self.samples, self.seconds)) if not self.wrong else ()
        wrong, samples = tuple(self.wrong), tuple(self.samples)
        return SoakReport(self.plan.set.name, self.seconds, self.counts, judged, wrong, samples)

    def _play(self, show: Show) -> None:
        every = max(1.0, self.seconds / SAMPLES)
        began = time.monotonic()
        show.listen(1.0)
        first = show.glances[-1]
        kills = [share * self.seconds for share in KILLS]
        edited = sampled = 0.0
        while (now := time.monotonic() - began) < self.seconds:
            show.listen(min(0.5, every))
            if not alive(show):
                raise ShowEnded(f"the show has ended: {show.last_lines()}")
            if now - sampled >= every:
                sampled = now
                self._sample(show, now, first.at - first.heard)
                del show.glances[:-1]
                show.beside.clear()
                self._count(show)
            if kills and now >= kills[0]:
                kills.pop(0)
                self.counts["kills"] += 1
                self._told(now, "the engine is killed")
                show.signal(show.engine, getattr(signal, "SIGKILL", signal.SIGTERM))
                edited = now
            elif now - edited >= EDITED:
                edited = now
                self._told(now, self._edit(show))
            self._told(now, "")
        # The good set is on the air at the end, whatever was saved before.
        mark = show.mark()
        show.save(show.good)
        if show.answered(mark, 30.0) == "refused":
            self.wrong.append("the good set is refused at the end")
        show.close()
        if show.report is None:
            self.wrong.append("the stage made no report")

    def _edit(self, show: Show) -> str:
        """Save something: mostly what plays, sometimes what is broken; now and then no file."""
        self.counts["saves"] += 1
        roll = self._rng.random()
        if roll < 0.5:
            amount = round(self._rng.uniform(0.0, 0.5), 3)
            show.save(around(show.good, "", f"({{}}).hue({amount})"))
            return f"saved: hue {amount}"
        if roll < 0.8:
            save = next(broken(show.good, self._rng))
            show.save(save.text)
            return f"saved: {save.does}"
        self.counts["faults"] += 1
        harmless = [f for f in EDITS if f.name in HARMLESS] + [f for f in FILES if not f.needs]
        fault = self._rng.choice(harmless)
        fault.strike(show)
        show.listen(2.0)
        with contextlib.suppress(OSError):
            fault.mend(show)
        return fault.name

    def _sample(self, show: Show, now: float, zero: float) -> None:
        glance = show.glances[-1]
        try:
            engine_pid = show.engine
        except ShowEnded:
            return
        stage, engine = holding(show.stage), holding(engine_pid)
        if stage is None or engine is None:  # dead just now
            return
        self.samples.append(
            SoakSample(
                at=round(now, 2),
                engine_pid=engine_pid,
                stage=stage,
                engine=engine,
                shared=len(machine.shared_memory(show.stage)),
                age=round(glance.age, 4),
                behind=round(glance.at - zero - glance.heard, 4),
                presented=sum(g.presented for g in show.glances),
                pictures=sum(g.pictures for g in show.glances),
                longest=round(max(g.longest for g in show.glances), 3),
            )
        )

    def _count(self, show: Show) -> None:
        for heard in show.heard:
            status = heard.message.get("status")
            if heard.message.get("type") == "commit" and status in self.counts:
                self.counts[str(status)] += 1
        hello = [h for h in show.heard if h.message.get("type") in ("hello", "engine")]
        show.heard[:] = hello[-8:]  # all of an evening's lines are in the log


HARMLESS = (
    "an exception when the set is read",
    "an exception in the first frame",
    "a picture of the wrong shape",
    "not-a-number in the picture",
    "endless recursion when the set is read",
)
"""Faults of which a soak does some: quick ones."""
