"""A reef that grows from the sound: a reaction and its diffusion, sown by every attack."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from livegan.plugin import hookimpl, param, static
from livegan_coral.gray_scott import Array, GrayScott

# What is as heavy as torch is imported where it is used: every livegan command loads this module.
if TYPE_CHECKING:
    import torch

    from livegan.sound.history import Sound

CELLS = 128
LIFE = 1200
"""Hops that a colony lives; the next one is born when it is half as old."""
OLD = 1000
"""Hops after which it dies back."""
STEPS = 2
"""Of the reaction, a hop."""
GOLDEN = 0.38196601
"""Of a turn: seeds that follow one another at this angle never lie in rows (Vogel 1979)."""
KINDS = {
    "coral": (0.0370, 0.0600),
    "maze": (0.0290, 0.0570),
    "rings": (0.0545, 0.0620),
    "spots": (0.0300, 0.0618),
    "sponge": (0.0390, 0.0580),
}
"""Feed and kill, by what grows."""


class Colony:
    """One dish, from its birth at an absolute hop on: a function of what was heard since."""

    def __init__(self, born: int, kind: str) -> None:
        self.born, self.hop = born, born
        self.feed, self.kill = KINDS[kind]
        self.dish = GrayScott(CELLS)
        for each in range(3):
            # Where the first seeds lie is chance, and always the same chance.
            x, y = np.random.default_rng((born % 2**32, each)).random(2)
            self.dish.drop(x, y, 7)

    def hear(self, low: float, onset: float, before: float, centroid: float) -> None:
        """Live through one hop: an attack sows, the bass feeds."""
        age = self.hop - self.born
        if onset - before > 0.15 and age < OLD:
            # A deep sound falls near the middle, a bright one near the rim.
            angle, radius = 2 * np.pi * GOLDEN * self.hop, 0.08 + 0.4 * centroid
            x, y = 0.5 + radius * np.sin(angle), 0.5 + radius * np.cos(angle)
            self.dish.drop(x, y, 3 + 3 * onset)
        kill = self.kill - 0.0012 * (low - 0.5)
        if age > OLD:
            kill += 0.02 * (age - OLD) / (LIFE - OLD)
        for _ in range(STEPS):
            self.dish.step(self.feed, kill)
        self.hop += 1


class Coral:
    """A coral reef that every attack sows and the bass feeds: Gray and Scott's reaction."""

    def __init__(
        self,
        *,
        kind: str = static("coral", doc="what grows", choices=tuple(KINDS)),
    ) -> None:
        self.kind = kind
        self.colonies: list[Colony] = []

    def draw(
        self,
        sound: Sound,
        *,
        size: tuple[int, int],
        relief: float = param(1.0, 0.0, 3.0, "how deep the light cuts"),
        turn: float = param(0.0, doc="of its colours", unit="turns"),
    ) -> torch.Tensor:
        """(3, H, W): the reef as it is now."""
        import torch

        self.grow(sound)
        picture = torch.zeros(3, *size)
        for colony in self.colonies:
            # One of two colours, in turn; what is younger lies above what is older.
            hue = 0.36 * (colony.born // (LIFE // 2) % 2) + turn
            hills, colours = lit(colony.dish.v, size, hue, relief)
            picture = picture * (1 - 0.8 * hills) + colours
        return (picture * (0.75 + 0.5 * sound.low)).clamp(0, 1)

    def grow(self, sound: Sound) -> None:
        """Bring both colonies to the newest hop. A new reef lives through the past at once."""
        now = sound.position // sound.hop
        births = [now // (LIFE // 2) * (LIFE // 2) - back for back in (LIFE // 2, 0)]
        kept = {c.born: c for c in self.colonies if c.hop <= now}
        self.colonies = [kept.get(born) or Colony(born, self.kind) for born in births]
        late = now - min(colony.hop for colony in self.colonies)
        if late == 0:
            return
        heard = np.stack(
            [sound.feature(name, (late + 1) / 100) for name in ("low", "onset", "centroid")]
        )
        for colony in self.colonies:
            for hop in range(colony.hop, now):
                at = hop - now + late + 1
                low, onset, centroid = map(float, heard[:, at])
                colony.hear(low, onset, float(heard[1, at - 1]), centroid)


def lit(
    field: Array, size: tuple[int, int], hue: float, relief: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """A field as hills under a low light from the upper left: heights (H, W), colours (3, H, W)."""
    import torch
    from torch.nn.functional import interpolate

    whole = torch.from_numpy(field)[None, None]
    hills = interpolate(whole, size, mode="bicubic", align_corners=False)[0, 0].mul(2.6).clamp(0, 1)
    right = torch.roll(hills, -1, 1) - torch.roll(hills, 1, 1)
    down = torch.roll(hills, -1, 0) - torch.roll(hills, 1, 0)
    slope = (right + down) * (relief * size[0] / CELLS)
    light = (0.75 + 0.9 * slope).clamp(0.12, 1.9)
    # Dark in the water, saturated on the slopes, pale on the ridges.
    tints = [0.5 + 0.5 * math.cos(2 * math.pi * (hue - 0.02 + third / 3)) for third in range(3)]
    tint = torch.tensor(tints)[:, None, None]
    ridge = hills**3
    return hills, (0.04 + tint * (1 - ridge) + 0.95 * ridge) * hills * light


@hookimpl
def register_encoders(register: Callable[..., object]) -> None:
    register(Coral, name="coral")
