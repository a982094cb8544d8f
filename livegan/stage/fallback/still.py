"""The still: a picture of an earlier show of a set, kept on disk for when there is no other."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from livegan.saving import save_png
from livegan.stage.fallback.drift import best, is_dark
from livegan.stage.fallback.fallbacks import Fallbacks

Pixels = NDArray[np.uint8]
LONGEST = 1280
"""Pixels of the longer side that is kept."""
FIRST = 10.0
"""Seconds from the first picture of a show until one is kept."""
EVERY = 60.0
"""Seconds between those that are kept after it."""


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


class Still:
    """Keeps the best of the last seconds' pictures, for when there is none, or the next show."""

    def __init__(
        self,
        path: Path,
        rungs: Fallbacks,
        later: Callable[[Callable[[], None]], None],
        note: Callable[[str], None],
    ) -> None:
        """``later`` does on another thread what takes long; ``note`` takes what went wrong."""
        self._path, self._rungs = path, rungs
        self._later, self._note = later, note
        self._at = math.inf
        self._asked = self._failed = False

    def begin(self, now: float) -> None:
        """There is a first picture."""
        self._at = now + FIRST

    def look(self, now: float) -> None:
        """Keep one if it is time to."""
        if now >= self._at and not self._failed:
            self._at = now + EVERY
            self.keep()

    def keep(self) -> None:
        """Keep one, later; where that fails it is told, and no more are kept by `look`.

        Nothing is asked for while the one before is not kept yet: the disk may not answer.
        """
        if not self._asked and not self._failed:
            self._asked = True
            self._later(self._keep)

    def _keep(self) -> None:
        """On the other thread."""
        try:
            found = best(self._rungs.album.pictures)
            if found is not None:
                self._rungs.still = found
                keep_still(self._path, found)
        except OSError as error:
            self._failed = True
            self._note(f"the still for the next show was not saved: {error.strerror or error}")
        finally:
            self._asked = False
