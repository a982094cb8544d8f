"""Judging: what a show did under a fault, against what it must do. Pure."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, Literal

from livegan.gremlins.fault import Gremlin, Message, Sight
from livegan.gremlins.show import ShowLine
from livegan.gremlins.witness import ShownGlance, lower
from livegan.stage.fallback.ladder import Rung
from livegan.stage.record.show_log import line_of

Judgement = Literal["pass", "late", "fail", "not done"]
NOT_AS_BEFORE = "it was not as before"
LAST = 4
"""Lines of the show that are told where it was not as before."""
BLACK = 8
"""0..255: a picture with nothing brighter than this is black."""
FASTEST = 75.0
"""Frames a second that a window of 60 presents at most: more is a burst."""


@dataclass(frozen=True)
class Outcome:
    """One row of the gig sheet. Times in seconds."""

    fault: str
    row: str
    verdict: Judgement
    said: str = ""
    """The show's one line about it."""
    presented: int = 0
    """Frames that were put on the window from the strike until all was as before."""
    longest: float = 0.0
    """The longest time without a frame."""
    back: float = 0.0
    """The longest time without a new picture of the engine."""
    seconds: float = 0.0
    """From the strike until all was as before."""
    rung: Rung = "live"
    """The lowest rung of the ladder that the picture went down to."""
    why: tuple[str, ...] = ()
    """What is wrong, or why it was not done."""
    late: tuple[str, ...] = field(default=())
    """What took longer than it may."""

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class SeenOfFault:
    """A sight that came, and how many seconds after the strike; ``after`` None if it did not."""

    sight: Sight
    after: float | None


def seen(sights: Sequence[Sight], lines: Sequence[ShowLine], since: float) -> list[SeenOfFault]:
    """When each of the sights came, in any order."""
    found = []
    for sight in sights:
        at = next((line.at for line in lines if sight.found(line.message)), None)
        found.append(SeenOfFault(sight, None if at is None else max(0.0, at - since)))
    return found


def one_line(sights: Sequence[Sight], lines: Sequence[ShowLine]) -> str:
    """What the terminal said of it: the line of the first sight that came with one."""
    for heard in lines:
        found = any(sight.found(heard.message) for sight in sights)
        if found and (text := text_of(heard.message)):
            return text
    return ""


def text_of(message: Message) -> str:
    """A message as the terminal shows it, without its first word in colour."""
    line = line_of(dict(message))
    text = line[0] if line is not None else str(message.get("text") or "")
    return " ".join(text.split())


def judge(
    fault: Gremlin,
    lines: Sequence[ShowLine],
    glances: Sequence[ShownGlance],
    beside: Sequence[ShownGlance],
    since: float,
    until: float | None,
    wrong: Sequence[str] = (),
    dark_before: bool = False,
) -> Outcome:
    """The outcome of a fault.

    Parameters
    ----------
    lines : what the show said from the strike on.
    glances, beside : what it showed, on the window and on another output: both are judged.
    since, until : the strike, and when all was as before; None if it never was.
    wrong : what was found wrong besides.
    dark_before : the set is black at times by itself.
    """
    why, late = list(wrong), []
    for one in seen(fault.must, lines, since):
        if one.after is None:
            why.append(f"not seen: {one.sight.what}")
        elif one.after > one.sight.within:
            late.append(f"{one.sight.what} after {one.after:.1f} s")
    why += [f"not seen: {s.sight.what}" for s in seen(fault.then, lines, since) if s.after is None]
    if until is None:
        last = [text for line in lines if (text := text_of(line.message))][-LAST:]
        why.append(f"{NOT_AS_BEFORE}; the last it said: {' | '.join(last)}")
    window = Looks.of(glances)
    for where, looks in (("", window), ("on another output: ", Looks.of(beside))):
        if where == "" and not fault.window:
            continue
        if not looks.presented:
            why.append(f"{where}no frame was presented")
        if looks.longest > fault.gap:
            late.append(f"{where}no frame for {looks.longest:.2f} s")
        if looks.back > fault.back:
            late.append(f"{where}no new picture for {looks.back:.1f} s")
    dark = fault.dark or dark_before
    why += shown_wrong(glances, dark)
    why += [f"on another output: {line}" for line in shown_wrong(beside, dark)]
    if fault.window and differs(glances, beside):
        why.append("the window and another output were not on the same rung")
    verdict: Judgement = "fail" if why else "late" if late else "pass"
    end = until if until is not None else (glances[-1].at if glances else since)
    return Outcome(
        fault.name,
        fault.row,
        verdict,
        one_line((*fault.must, *fault.then), lines),
        window.presented,
        round(window.longest, 3),
        round(window.back, 3),
        round(max(0.0, end - since), 2),
        lowest(glances),
        tuple(why),
        tuple(late),
    )


@dataclass(frozen=True)
class Looks:
    """What was seen in one place."""

    presented: int
    longest: float
    """Seconds without a frame."""
    back: float
    """Seconds without a new picture of the engine."""

    @classmethod
    def of(cls, glances: Sequence[ShownGlance]) -> Looks:
        """Of all looks there."""
        return cls(
            sum(p.presented for p in glances),
            max((max(p.longest, p.open) for p in glances), default=0.0),
            max((max(p.pictures_longest, p.pictures_open) for p in glances), default=0.0),
        )


def lowest(glances: Sequence[ShownGlance]) -> Rung:
    """The lowest rung of the ladder that was seen."""
    return functools.reduce(lower, (p.rung for p in glances), "live")


def differs(glances: Sequence[ShownGlance], beside: Sequence[ShownGlance]) -> bool:
    """Whether one place went down the ladder and the other did not."""
    low = ("drift", "still")
    return (lowest(glances) in low) != (lowest(beside) in low)


def shown_wrong(glances: Sequence[ShownGlance], dark: bool) -> list[str]:
    """What no show may do whatever happens: black, bursts, time that goes back."""
    wrong = []
    darkest = min((p.brightest for p in glances if p.brightest is not None), default=255)
    if darkest <= BLACK and not dark:
        wrong.append("the picture was black")
    for before, glance in pairwise(glances):
        seconds = max(0.1, glance.at - before.at)
        if glance.presented > FASTEST * seconds + 2:
            wrong.append(f"{glance.presented} frames in {seconds:.1f} s: a burst")
            break
    for before, glance in pairwise(glances):
        if glance.heard < before.heard - 1e-6:
            wrong.append(f"show time went back from {before.heard:.2f} to {glance.heard:.2f} s")
            break
    return wrong
