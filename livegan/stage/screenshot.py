"""A picture, saved."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def save(pixels: NDArray[np.uint8], folder: Path) -> Path:
    """Write a (H, W, 3) uint8 picture as a PNG named by the time, whole or not at all."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    name = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")[:-3]
    path = folder / f"{name}.png"
    beside = folder / f".{name}.part"
    try:
        Image.fromarray(pixels).save(beside, format="PNG", compress_level=3)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path
