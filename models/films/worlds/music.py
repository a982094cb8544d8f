"""What a whole picture follows: the mood of the last seconds, and the strikes of this moment."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

import numpy as np

from worlds.fields import Field, smoothstep

MEMORY = 4.0
"""Seconds after which sound weighs a third of what it does now in a mood."""
DECAY = 0.28
"""Seconds in which the answer to a strike is over."""


@dataclass(frozen=True)
class Mood:
    """The slow state of the music, each 0..1: soft to loud, high to low, sparse to busy."""

    loud: float
    warm: float
    busy: float


@dataclass(frozen=True)
class Strikes:
    """How hard sound struck lately: ``force`` 0..1, newest first, by ``age`` in seconds."""

    age: Field
    force: Field

    def at(self, age: Field) -> Field:
        """The force of what struck that long ago, weaker the longer ago; 0 beyond `DECAY`."""
        found: Field = np.interp(age, self.age, self.force * fading(self.age)).astype(np.float32)
        return found


def strongest(strikes: Strikes) -> np.float32:
    """The greatest force, each as far as it has not died away yet."""
    return np.float32((strikes.force * fading(strikes.age)).max())


def fading(age: Field) -> Field:
    """1 at the strike, 0 after `DECAY`."""
    left: Field = np.clip(1 - age / DECAY, 0, 1) ** 3
    return left


def step(low: float, high: float, x: float) -> float:
    """0 below ``low``, 1 above ``high``, smooth between."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


def recent(values: Field, rate: float) -> Field:
    """Mean over the first axis, the newest last, weighted by `MEMORY`; ``rate`` rows a second."""
    weight = np.exp(np.arange(1 - len(values), 1) / (MEMORY * rate))
    mean: Field = (values * weight[:, None]).sum(axis=0) / weight.sum()
    return mean


def rises(values: Field, rate: float, back: float = 0.12) -> Field:
    """How far each of (n, ...) ``values`` stands above those of the ``back`` seconds before it."""
    count = max(2, round(back * rate))
    padded = np.concatenate([np.repeat(values[:1], count, axis=0), values])
    total = np.cumsum(padded, axis=0)
    before = np.empty_like(values)
    before[0] = values[0]
    before[1:] = (total[count:-1] - total[: -count - 1]) / count
    return np.maximum(values - before, 0)


def loudness(points: Field, low: float, high: float) -> float:
    """0..1 of the recent (n, 8) points of `timeline`, from ``low`` to ``high`` dB of full scale."""
    rms = float(recent(points[:, 2:4], 50.0).mean())
    return step(low, high, 20 * log10(rms + 1e-6))


def mood_of_points(points: Field) -> Mood:
    """The mood of (n, 8) points of `timeline`, fifty a second."""
    mean = recent(points, 50.0)
    rms, low, high = float(mean[2:4].mean()), float(mean[4]), float(mean[6])
    moves = float(recent(rises(points[:, 4:7], 50.0), 50.0).sum())
    return Mood(
        loud=step(-33.0, -15.0, 20 * log10(rms + 1e-6)),
        warm=step(0.05, 0.62, low / (low + high + 0.08)),
        busy=step(0.14, 0.36, moves),
    )


def strikes_of_points(points: Field, late: float) -> tuple[Strikes, Strikes]:
    """Low and high strikes in the newest (n, 8) points of `timeline`, ``late`` points ago."""
    newest = points[-32:]
    rise = rises(newest, 50.0)[:-17:-1]
    age = (np.arange(len(rise)) + late) / 50.0
    usual = 0.12 + float(points[:, 0:2].mean())
    peak = rise[:, 0:2].max(axis=1) / usual
    low = smoothstep(0.25, 0.85, 0.55 * peak + 2.2 * rise[:, 4])
    high = smoothstep(0.25, 0.75, 1.6 * rise[:, 6] + 1.4 * rise[:, 5])
    return Strikes(age, low), Strikes(age, high)
