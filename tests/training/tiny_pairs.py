"""Tiny data sets: where the condition is bright the picture is red, else blue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def data_set(folder: Path, count: int = 6, size: int = 64, val: int = 2) -> Path:
    """Pairs in ``folder/train`` and ``folder/val``."""
    rng = np.random.default_rng(3)
    for side, many in (("train", count), ("val", val)):
        (folder / side).mkdir(parents=True)
        for index in range(many):
            bright = np.kron(rng.integers(0, 2, (4, 4)), np.ones((size // 4, size // 4)))
            condition = (bright[..., None] * 255).repeat(3, 2)
            red, blue = np.array([230, 40, 20]), np.array([10, 30, 160])
            picture = np.where(bright[..., None] > 0, red, blue)
            pair = np.hstack([condition, picture]).astype(np.uint8)
            Image.fromarray(pair).save(folder / side / f"{index:03d}.png")
    return folder
