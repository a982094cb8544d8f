"""Whether the shape of what is seen follows the sound: how far apart two moments look, and whether
what moves moves when it is heard."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

EDGES = 32
"""Cells to a side of a map of edges."""
COLOURS = 16
"""Cells to a side of a map of colours."""
APART = 4.0
"""Seconds between the moments that are compared."""
LONGEST = 60.0
"""Seconds of a sound over which they are spread."""
NEAR = 1
"""Frames that a motion may be off an onset and still answer it."""
SHIFTS = 7
"""How often the onsets are moved along a stretch, to see what chance would give."""
GREY = (0.2126, 0.7152, 0.0722)

Times = npt.NDArray[np.float64]


def moments(end: float) -> list[float]:
    """Every `APART` seconds of the first minute, or of a shorter sound evenly spread ones."""
    count = int(min(end, LONGEST) // APART)
    if count >= 2:
        return [APART * (number + 1) for number in range(count)]
    return [end * part / 3 for part in (1, 2, 3)]


def edge_map(picture: Tensor) -> Tensor:
    """(`EDGES`, `EDGES`) how strong the edges in each cell of a (3, H, W) picture of 0..1 are."""
    red, green, blue = picture.float()
    grey = GREY[0] * red + GREY[1] * green + GREY[2] * blue
    down, across = torch.gradient(grey)
    return F.adaptive_avg_pool2d(torch.hypot(down, across)[None], EDGES)[0]


def structure(pictures: Sequence[Tensor]) -> float:
    """How differently pictures (3, H, W) are built: 0 alike, 1 nothing in common.

    One minus the correlation of their maps of edges, mean over all pairs.
    """
    return _over_pairs([_centred(edge_map(picture)) for picture in pictures], _unlike)


def colour(pictures: Sequence[Tensor]) -> float:
    """How differently pictures (3, H, W) are coloured, 0..1: the mean absolute difference of their
    16x16 cells, over all pairs."""
    small = [F.adaptive_avg_pool2d(picture.float()[None], COLOURS)[0] for picture in pictures]
    return _over_pairs(small, lambda one, two: float((one - two).abs().mean()))


def apart(one: Sequence[Tensor], two: Sequence[Tensor]) -> float:
    """How differently the pictures of two rows are built, moment by moment: see `structure`."""
    unlike = [
        _unlike(_centred(edge_map(a)), _centred(edge_map(b))) for a, b in zip(one, two, strict=True)
    ]
    return float(np.mean(unlike))


def _over_pairs(things: Sequence[Tensor], distance: object) -> float:
    assert callable(distance)
    found = [float(distance(one, two)) for one, two in combinations(things, 2)]
    return float(np.mean(found)) if found else 0.0


def _centred(values: Tensor) -> Tensor:
    """Mean 0 and length 1; all 0 if nothing differs."""
    values = values - values.mean()
    length = values.norm()
    return values / length if float(length) > 1e-6 else torch.zeros_like(values)


def _unlike(one: Tensor, two: Tensor) -> float:
    flat = float(one.abs().max()) == 0, float(two.abs().max()) == 0
    if all(flat):
        return 0.0
    return 1.0 - float((one * two).sum())


def av_align(change: Times, onset_frames: Times) -> float:
    """How well motion and onsets fall together, 0..1: AV-Align of Yariv et al. (2023, section 3.3).

    Parameters
    ----------
    change : (n,) how much each frame differs from the one before; stands for the optical flow.
    onset_frames : the frame in which each onset is first heard.
    """
    heard = np.unique(onset_frames)
    seen = peaks(change)
    if not len(heard) or not len(seen):
        return 0.0
    off = np.abs(heard[:, None] - seen[None, :])
    answered = int((off.min(axis=1) <= NEAR).sum())
    caused = int((off.min(axis=0) <= NEAR).sum())
    both = (answered + caused) / 2
    return both / (len(heard) + len(seen) - both)


def shuffled_align(change: Times, onset_frames: Times) -> float:
    """`av_align` with the onsets moved along, at the end round to the beginning: chance's share."""
    count = len(change)
    moves = [count * number // (SHIFTS + 1) for number in range(1, SHIFTS + 1)]
    return float(np.mean([av_align(change, (onset_frames + move) % count) for move in moves]))


def peaks(values: Times) -> Times:
    """Where (n,) values stand above both neighbours and above their mean."""
    padded = np.pad(values, 1, constant_values=-np.inf)
    tops = (values >= padded[:-2]) & (values > padded[2:]) & (values > values.mean())
    return np.flatnonzero(tops).astype(np.float64)
