"""A rose of the last seconds: its petals are notes, and their colours the octaves."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from livegan.plugin import hookimpl, param, static
from livegan_rose.constant_q import HOP, OCTAVES, STEPS, WINDOW, constant_q

# What is as heavy as torch is imported where it is used: every livegan command loads this module.
if TYPE_CHECKING:
    import torch

    from livegan.sound.history import Sound

RINGS = 96
"""How many moments of the past lie between the middle of the rose and its rim."""
COLOURS = np.array(
    [
        (0.78, 0.06, 0.42),
        (1.00, 0.22, 0.24),
        (1.00, 0.50, 0.16),
        (1.00, 0.80, 0.30),
        (0.55, 0.95, 0.60),
        (0.20, 0.75, 1.00),
        (0.50, 0.45, 1.00),
    ],
    np.float32,
)
"""(OCTAVES, 3): what each octave is dyed with, from the bass up."""
GROUND = (0.020, 0.008, 0.045)
"""What is seen in silence."""


def rose(
    sound: Sound,
    *,
    size: tuple[int, int],
    seconds: float = static(6.0, 1.0, 20.0, "how long a note takes to the rim", unit="s"),
    petals: int = static(3, 1, 6, "how often an octave goes round"),
    swirl: float = param(0.4, -1.0, 1.0, "how far petals bend on their way out", unit="turns"),
    turn: float = param(0.0, doc="of the whole rose", unit="turns"),
    sharp: float = param(1.5, 0.5, 4.0, "how much the strongest notes stand out"),
) -> torch.Tensor:
    """A rose of pitch: each note is a petal that opens outwards, in the colours of its octaves."""
    import torch
    from torch.nn.functional import grid_sample

    hop = max(1, round(seconds * sound.rate / RINGS / HOP)) * HOP
    # One column for each ring, newest first, and what blurring and moving take at either end.
    past = sound.strip(constant_q, window=WINDOW, hop=hop, columns=RINGS + 4)[::-1]
    past = 0.25 * past[:-2] + 0.5 * past[1:-1] + 0.25 * past[2:]
    notes = past.reshape(RINGS + 2, OCTAVES, STEPS) ** np.float32(sharp)
    light = np.einsum("ros,oc->crs", notes, COLOURS, dtype=np.float32)
    table = torch.from_numpy(np.concatenate([light, light[:, :, :1]], axis=2))

    ring, pitch, shade = places(size, petals)
    across = 2 * ((pitch + petals * (turn - swirl * ring / RINGS)) % 1.0) - 1
    # What was heard since the newest ring moves all of them outwards, so that nothing jumps.
    late = sound.position % hop / hop
    down = 2 * (ring + 1 - late) / (RINGS + 1) - 1
    grid = torch.stack([across, down], dim=-1)
    drawn = grid_sample(table[None], grid[None], align_corners=True, padding_mode="border")[0]
    dark = 1 - torch.tensor(GROUND)[:, None, None]
    return 1 - dark * torch.exp(-3.0 * drawn * shade)


@lru_cache(maxsize=8)
def places(size: tuple[int, int], petals: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of each pixel: its ring, 0..RINGS; its pitch, 0..1 from C; how much light it can have."""
    import torch

    height, width = size
    y = (torch.arange(height) + 0.5 - height / 2)[:, None] / min(height, width)
    x = (torch.arange(width) + 0.5 - width / 2)[None, :] / min(height, width)
    radius = torch.hypot(x, y) / 0.72
    pitch = torch.atan2(x.expand(height, width), -y.expand(height, width)) / (2 * torch.pi)
    # In the middle, where all petals meet, and in the corners there is no room for light.
    shade = (1.1 - radius**2).clamp(0, 1) * (radius / 0.05).clamp(0, 1)
    return RINGS * radius.clamp(0, 1), pitch * petals % 1.0, shade


@hookimpl
def register_encoders(register: Callable[..., object]) -> None:
    register(rose)
