"""A night of the autopilot, in figures: how often it moved, how many looks, how much went wrong."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from livegan.autopilot.code_parts import SetWords
from livegan.autopilot.looks import clusters, structure
from livegan.autopilot.set_code import SetCode
from livegan.autopilot.sight import VISIBLE, Small

BESIDE_S = 3.0
"""Seconds before and after a move whose pictures are compared."""
DISSOLVE_S = 1.0
"""Seconds after a move in which it dissolves in."""


@dataclass(frozen=True)
class NightMove:
    """One move that was on the air. ``at`` in seconds of show time, ``beats`` as counted then."""

    at: float
    beats: float
    move: str
    reason: str
    text: str


@dataclass
class Night:
    """What happened, as it happened: `score` makes figures of it."""

    words: SetWords
    first: str
    """The text that the night began with."""
    moves: list[NightMove] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """Reasons of edits that were refused, and of moves that failed."""
    pictures: list[tuple[float, Small]] = field(default_factory=list)
    """What was seen, with its time."""
    empty: list[tuple[float, str]] = field(default_factory=list)
    """When the window showed nothing, and why: "black", "white" or "flat"."""
    looks_s: float = 0.25
    """Seconds between two pictures."""

    def saw(self, time: float, small: Small, empty: str, silent: bool) -> None:
        """Keep what was seen at a time; a dark picture of silence is no fault."""
        self.pictures.append((time, small))
        if empty and not silent:
            self.empty.append((time, empty))


@dataclass(frozen=True)
class NightScore:
    """Figures of a night. Times in seconds, distances in beats."""

    seconds: float
    moves: int
    kinds: int
    """Different moves."""
    longest_still: float
    """The longest stretch without a visible change."""
    shortest_gap: float
    """The shortest distance between two moves, drops and what failed aside."""
    looks: int
    looks_an_hour: float
    visible: float
    """Share of the moves that can be seen in the picture; -1 without pictures."""
    refused: int
    empty_s: dict[str, float]
    """Seconds that the window was black, white or flat while there was sound."""

    @property
    def row(self) -> dict[str, Any]:
        """For a report."""
        return asdict(self)

    @property
    def lines(self) -> list[str]:
        """For the terminal."""
        nothing = ", ".join(f"{s:.1f} s {what}" for what, s in self.empty_s.items()) or "none"
        seen = "" if self.visible < 0 else f", {self.visible:.0%} visible"
        return [
            f"autopilot: {self.moves} moves of {self.kinds} kinds{seen}; longest stretch without "
            f"a change {self.longest_still:.0f} s, shortest gap {self.shortest_gap:.0f} beats",
            f"autopilot: {self.looks} different looks ({self.looks_an_hour:.0f} an hour); "
            f"{self.refused} refused; empty pictures: {nothing}",
        ]


def score(night: Night, began: float, seconds: float) -> NightScore:
    """The figures of a night that began at a show time and lasted so long."""
    moves = [move for move in night.moves if move.move]
    shown = [_visible(night, move) for move in moves]
    changes = [m.at for m, seen in zip(moves, shown, strict=True) if seen is not False]
    edges = [began, *changes, began + seconds]
    gaps = [
        later.beats - earlier.beats
        for earlier, later in itertools.pairwise(moves)
        if not later.reason.startswith(("drop", "repair"))
    ]
    texts = [night.first, *(move.text for move in night.moves)]
    structures = []
    for text in texts:
        try:
            structures.append(structure(SetCode(text, night.words)))
        except ValueError:  # the performer's, half finished
            continue
    looks = len(clusters(structures))
    known = [seen for seen in shown if seen is not None]
    empty: dict[str, float] = {}
    for _, what in night.empty:
        empty[what] = empty.get(what, 0.0) + night.looks_s
    return NightScore(
        seconds=round(seconds, 3),
        moves=len(moves),
        kinds=len({move.move for move in moves}),
        longest_still=round(float(np.diff(edges).max()), 2),
        shortest_gap=round(min(gaps, default=0.0), 2),
        looks=looks,
        looks_an_hour=round(looks * 3600 / max(seconds, 1.0), 1),
        visible=round(sum(known) / len(known), 3) if known else -1.0,
        refused=len(night.refusals),
        empty_s=empty,
    )


def _visible(night: Night, move: NightMove) -> bool | None:
    """Whether the picture after a move is another one on average; None where it was not seen."""
    before = _mean(night.pictures, move.at - BESIDE_S, move.at)
    after = _mean(night.pictures, move.at + DISSOLVE_S, move.at + DISSOLVE_S + BESIDE_S)
    if before is None or after is None or before.shape != after.shape:
        return None
    return float(np.abs(after - before).mean()) > VISIBLE / 2


def _mean(pictures: Sequence[tuple[float, Small]], since: float, until: float) -> Small | None:
    found = [small for at, small in pictures if since <= at < until]
    if not found or any(small.shape != found[0].shape for small in found):
        return None
    mean: Small = np.mean(found, axis=0, dtype=np.float32)
    return mean
