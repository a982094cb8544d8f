"""Choosing a move: which fit, how likely each is, and the edit that one makes. Pure but for moves.

A move is code of a plugin: one that raises or does not return is left out, by name.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from livegan.autopilot.ear import MusicHeard
from livegan.autopilot.edit import flaw
from livegan.autopilot.set_code import SetCode
from livegan.autopilot.sight import PictureSeen
from livegan.plugin.calling import taken
from livegan.plugin.guard import Late, said, within
from livegan.plugin.move import Move

LIMIT_S = 5.0
"""Seconds that a move may take to make its edit in a show. It takes some hundredths; a machine that
is busy may need longer."""
TRIES = 4
"""Times that a move is asked: it may choose what is not to be chosen."""
NEAR = 0.22
"""How far from the wished boldness moves are still likely."""
USED_AGAIN = 0.25
"""How likely a move is that was just made, against one that was not."""
REMEMBERED = 6
"""Moves back that this counts."""
FITS = {
    "drop": ("drop", "section"),
    "section": ("section",),
    "calm": ("calm", "section"),
    "build": ("build", "steady"),
    "silence": ("silence", "steady"),
    "steady": ("steady",),
    "repair": ("repair",),
}
"""Occasions of moves that fit each occasion."""
BOLDER = {"drop": 0.4, "section": 0.15, "build": 0.1, "silence": -0.15, "calm": -0.05}
"""What is added to the wished boldness."""


@dataclass(frozen=True)
class MadeEdit:
    """What a move makes of a text."""

    move: Move
    before: str
    after: str
    said: str
    scene: str = ""
    """The file of another set that is to play instead; nothing is edited then."""


class MoveFailed(Exception):
    """A move raised, looped, or returned what is no set; one line."""

    def __init__(self, move: Move, why: str) -> None:
        super().__init__(f"the move {move.name} {why}")
        self.move = move


def wished_boldness(bold: float, occasion: str, seen: PictureSeen) -> float:
    """How bold the next move is to be, 0..1."""
    wished = bold + BOLDER.get(occasion, 0.0)
    if seen.flicker > 0.06:  # there is unrest enough
        wished -= 0.2
    elif seen.variety < 0.03:  # it has looked the same for long
        wished += 0.15
    return min(1.0, max(0.0, wished))


def weights(
    moves: Sequence[Move], occasion: str, bold: float, recent: Sequence[str]
) -> dict[str, float]:
    """How likely each move is, by name; those that do not fit are left out."""
    found = {}
    for move in moves:
        if not set(FITS[occasion]) & set(move.when):
            continue
        weight = math.exp(-(((move.bold - bold) / NEAR) ** 2))
        if occasion not in move.when:
            weight *= 0.5
        for name in list(recent)[-REMEMBERED:]:
            weight *= USED_AGAIN if name == move.name else 1.0
        found[move.name] = max(weight, 1e-6)
    return found


def made(
    move: Move,
    score: SetCode,
    *,
    seed: str,
    heard: MusicHeard,
    seen: PictureSeen,
    scenes: Sequence[str],
    refused: Callable[[str, str], bool],
    limit_s: float = LIMIT_S,
) -> MadeEdit | None:
    """The edit that a move makes; None where it finds nothing to do that can be done.

    ``refused(before, after)`` says that an edit is not to be made for reasons of its own.

    Raises
    ------
    MoveFailed
        If its code fails.
    """
    for attempt in range(TRIES):
        chance = random.Random(f"{seed}/{move.name}/{attempt}")
        given = {"chance": chance, "heard": heard, "seen": seen, "scenes": tuple(scenes)}
        try:
            result = within(limit_s, partial(move.make, score, **taken(move.make, given)))
        except Late:
            raise MoveFailed(move, f"did not return within {limit_s:g} s") from None
        except Exception as error:
            why = " ".join(said(error).split())
            raise MoveFailed(move, f"failed: {type(error).__name__}: {why}") from error
        if result is None:
            return None
        if not isinstance(result, SetCode):
            raise MoveFailed(move, f"returned a {type(result).__name__}, not a SetCode or None")
        if result.scene in scenes:
            return MadeEdit(move, score.text, score.text, result.said or move.name, result.scene)
        if not flaw(score.text, result.text) and not refused(score.text, result.text):
            return MadeEdit(move, score.text, result.text, result.said or move.name)
    return None


def chosen(weighted: Mapping[str, float], seed: str) -> list[str]:
    """All names, the one that is chosen first, then those that would be without it (Efraimidis and
    Spirakis 2006: each gets a key, and a larger weight a larger key more often)."""
    chance = random.Random(seed)
    keys = {name: math.log(max(chance.random(), 1e-12)) / w for name, w in weighted.items()}
    return sorted(keys, key=lambda name: (-keys[name], name))


def new_words(before: str, after: str, known: Collection[str]) -> set[str]:
    """SetWords of ``known`` that an edit brings into the text, or brings in once more."""

    def counts(text: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for word in re.findall(r"[A-Za-z_]\w*", text):
            found[word] = found.get(word, 0) + 1
        return found

    old, new = counts(before), counts(after)
    return {word for word in known if new.get(word, 0) > old.get(word, 0)}
