"""Pictures of a show as numbered PNG files, for an editor, a printer, or to train on."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from livegan.plugin import hookimpl
from livegan.saving import replacing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NUMBERED = re.compile(r"(\d{6,})\.png")


class Frames:
    """A folder that pictures are added to, each whole or not there at all."""

    def __init__(self, folder: Path, a_second: float) -> None:
        """Raises OSError if the folder cannot be made or listed."""
        self.folder = folder
        self.least = 1 / a_second if a_second else 0.0
        folder.mkdir(parents=True, exist_ok=True)
        found = (NUMBERED.fullmatch(file.name) for file in folder.iterdir())
        # An earlier take, or an engine that was replaced, has left pictures: go on after them.
        self.next = 1 + max((int(match[1]) for match in found if match), default=0)
        self.due = -math.inf

    def send(self, pixels: NDArray[np.uint8], *, time: float, version: int) -> None:
        """Write (H, W, 3) uint8 to the next file, if it is time for one.

        Raises
        ------
        RuntimeError
            If it could not be written. livegan says so once, and goes on with the next picture: a
            disk that has room again is written to again.
        """
        if self.due - self.least <= time < self.due:
            return
        file = self.folder / f"{self.next:06d}.png"
        text = PngInfo()
        text.add_text("livegan", f"time={time:.3f} version={version}")
        try:
            with replacing(file) as beside:
                Image.fromarray(pixels).save(beside, compress_level=3, pnginfo=text)
        except OSError as error:
            why = error.strerror or str(error)
            raise RuntimeError(
                f"frames: {file} cannot be written ({why}); pictures are left out"
            ) from None
        self.next += 1
        late = 0 <= time - self.due < self.least
        self.due = (self.due if late else time) + self.least

    def close(self) -> None:
        """Nothing is open between two pictures."""


def open_frames(name: str, *, folder: Path) -> Frames:
    """Open ``show(picture, frames="takes/one")``; ``"takes/one@2"`` writes two a second.

    Raises
    ------
    RuntimeError
        If the folder cannot be used, in one line.
    """
    place, _, rate = name.partition("@")
    try:
        a_second = float(rate or 0)
    except ValueError:
        a_second = -1.0
    if not (math.isfinite(a_second) and a_second >= 0):
        raise RuntimeError(f'frames="{name}": what follows @ is pictures a second, as in "take@2"')
    where = folder / Path(place).expanduser()
    try:
        return Frames(where, a_second)
    except OSError as error:
        raise RuntimeError(f"frames: {where} is no folder ({error.strerror or error})") from None


@hookimpl
def register_outputs(register: Callable[..., object]) -> None:
    register(open_frames, "frames", "numbered PNG files in a folder")
