"""A picture, saved."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livegan.saving import save_png


def save(pixels: NDArray[np.uint8], folder: Path) -> Path:
    """Write a (H, W, 3) uint8 picture as a PNG named by the time, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    name = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")[:-3]
    path = folder / f"{name}.png"
    save_png(path, pixels)
    return path


def saved(pixels: NDArray[np.uint8], folder: Path) -> str:
    """Save it, and say in a line as what, or why not."""
    try:
        return f"saved {save(pixels, folder).name}"
    except OSError as error:
        return f"the picture was not saved in {folder}: {error.strerror or error}"
