"""Where a piece of music changes, found from what a show hears in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HEARD = ("low", "mid", "high", "kick", "snare", "onset", "centroid")
WORDS = {
    "low": ("more bass", "less bass"),
    "mid": ("fuller", "thinner"),
    "high": ("more treble", "less treble"),
    "kick": ("the kick comes in", "the kick stops"),
    "snare": ("the snare comes in", "the snare stops"),
    "onset": ("busier", "calmer"),
    "centroid": ("brighter", "darker"),
}
"""What is said of each feature as it rises and falls."""
SIDE = 4
"""Bars on either side that are compared."""
APART = 4
"""Bars between two cues, at least."""
CLEAR = 0.12
"""How much a feature must change to be worth a word; they all lie in 0..1."""


@dataclass(frozen=True)
class Cue:
    """A change: when it is, in seconds and in bars from 1, how strong, 0..1, and what changes."""

    seconds: float
    bar: int
    strength: float
    what: str


def cues(bars: Array, features: dict[str, Array], hops_a_second: float = 100.0) -> list[Cue]:
    """The bars at which the music changes, in order.

    Parameters
    ----------
    bars : times of the bars' first beats, in seconds, ascending.
    features : of each name in ``HEARD``, (n,) values 0..1, one a hop.

    Notes
    -----
    Every bar is summed up by the means of its features; the novelty of a bar is how far the four
    bars after it differ from the four before (Foote 2000, with the plain difference of means for
    the checkerboard kernel). A cue is a peak of novelty.
    """
    edges = np.round(np.asarray(bars) * hops_a_second).astype(int)
    edges = edges[edges < len(next(iter(features.values())))]
    if len(edges) < 3:
        return []
    means = np.stack(
        [
            [features[name][a:b].mean() if b > a else 0.0 for name in HEARD]
            for a, b in pairwise(edges)
        ]
    )
    changes = np.zeros_like(means)
    for bar in range(1, len(means)):
        before, after = means[max(0, bar - SIDE) : bar], means[bar : bar + SIDE]
        changes[bar] = after.mean(0) - before.mean(0)
    novelty = np.abs(changes).max(1)
    found: list[int] = []
    for bar in np.argsort(-novelty, kind="stable"):
        near = any(abs(bar - other) < APART for other in found)
        if novelty[bar] >= CLEAR and not near:
            found.append(int(bar))
    return [
        Cue(float(edges[b] / hops_a_second), b + 1, float(min(1, novelty[b])), said(changes[b]))
        for b in sorted(found)
    ]


def said(change: Array) -> str:
    """The changes that are clear, the greatest first, in words."""
    order = np.argsort(-np.abs(change), kind="stable")
    told = [WORDS[HEARD[i]][int(change[i] < 0)] for i in order if abs(change[i]) >= CLEAR]
    return ", ".join(told[:3])
