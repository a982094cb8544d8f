"""How near the pictures of a backend are to those of torch in float32."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from livegan.generators.backends import Run
from livegan.training.scores import ssim

MOST_DB = 99.0
"""Of pictures that are equal, whose noise is none."""


@dataclass(frozen=True)
class Likeness:
    """dB of the signal to noise ratio of pictures of 0..1, and structural similarity up to 1."""

    db: float
    ssim: float


def decibels(one: Tensor, two: Tensor) -> float:
    """Peak signal to noise ratio of two pictures of 0..1, in dB; not-a-number is 0."""
    error = float(torch.mean((one.double() - two.double()) ** 2))
    if not math.isfinite(error):
        return 0.0
    return min(MOST_DB, -10 * math.log10(error)) if error > 0 else MOST_DB


def compare(
    run: Run,
    given: Mapping[str, Sequence[Tensor]],
    painted: Mapping[str, Sequence[Tensor]],
    each: Callable[[], None] = lambda: None,
) -> Likeness:
    """The least over kinds of conditions; of one kind, the mean over its pictures.

    Parameters
    ----------
    given : by kind, conditions as the network takes them: (1, C, H, W), -1..1.
    painted : what torch paints of them in float32.
    each : called after every picture.
    """
    kinds = []
    for kind, conditions in given.items():
        found = []
        for condition, truth in zip(conditions, painted[kind], strict=True):
            one, two = ((x.clamp(-1, 1) + 1) / 2 for x in (run(condition), truth))
            found.append((decibels(one, two), float(ssim(one, two))))
            each()
        kinds.append([sum(values) / len(values) for values in zip(*found, strict=True)])
    return Likeness(min(k[0] for k in kinds), min(k[1] for k in kinds))
