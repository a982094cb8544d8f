"""The still: a picture of an earlier show of a set, kept on disk for when there is no other."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from livegan.saving import save_png
from livegan.stage.drift import is_dark

Pixels = NDArray[np.uint8]
LONGEST = 1280
"""Pixels of the longer side that is kept."""


def place_of(folder: Path, set: Path) -> Path:
    """Where the still of a set is kept, in the working folder."""
    return folder / "shows" / "stills" / f"{set.stem}.png"


def read_still(path: Path) -> Pixels | None:
    """The (H, W, 3) picture kept there; None if there is none that can be shown."""
    with contextlib.suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        with Image.open(path) as image:
            image.thumbnail((LONGEST, LONGEST))
            pixels = np.asarray(image.convert("RGB"))
        return None if is_dark(pixels) else pixels
    return None


def keep_still(path: Path, pixels: Pixels) -> None:
    """Keep a (H, W, 3) uint8 picture for the next show. Raises OSError if it cannot be written."""
    image = Image.fromarray(pixels)
    image.thumbnail((LONGEST, LONGEST))
    save_png(path, np.asarray(image))
