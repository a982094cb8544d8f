"""The operator's window: what the performer needs, beside a preview of what the audience sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from livegan.stage.overlay.code import Code
from livegan.stage.overlay.hud import Hud, Readings
from livegan.stage.overlay.panels import Segment, strip_plate, text_plate
from livegan.stage.overlay.plates import Plates
from livegan.stage.overlay.text import (
    AMBER,
    GREEN,
    GREY,
    WHITE,
    Lettering,
    Panel,
    PixelSize,
    letters_for,
    wrap,
)
from livegan.stage.overlay.view import View

if TYPE_CHECKING:
    from pygame import Surface

Room = tuple[int, int, int, int]
LEFT = 0.56  # of the width, for numbers and code
PREVIEW = 0.46  # of the height, for the preview
GAP = 6
SMALLER = 0.8
"""Letters here, of those over a picture: they are read from nearby."""
REDRAW = 0.2  # seconds between looks at outputs, sources and knobs
STATES = {"open": GREEN, "here": GREEN}
Rows = Sequence[tuple[str, str]]
"""Names and states."""


@dataclass(frozen=True)
class Rig:
    """What comes in and goes out, and the knobs: names with their states or values."""

    outputs: Rows = ()
    sources: Rows = ()
    knobs: Sequence[tuple[str, float, float, float]] = ()
    """Name, value, and what it may be."""


class Operator:
    """Lays the window out: numbers and code at the left; preview, slots and rig at the right."""

    def __init__(self, hud: Hud, code: Code, rig: Callable[[], Rig]) -> None:
        self._hud, self._code, self._read = hud, code, rig
        self._rig, self._read_at = Rig(), float("-inf")
        self._plates = Plates()

    def room(self, size: PixelSize) -> Room:
        """Where the preview is, in a window of ``size``."""
        left = round(size[0] * LEFT) + GAP
        return left, GAP, max(1, size[0] - left - GAP), max(1, round(size[1] * PREVIEW) - GAP)

    def panels(
        self,
        view: View,
        readings: Readings,
        size: PixelSize,
        now: float,
        thumbs: NDArray[np.uint8] | None = None,
        serial: int = 0,
    ) -> list[Panel]:
        """All but the preview; ``thumbs`` is the strip of the thumb ring."""
        if not 0 <= now - self._read_at < REDRAW:
            self._rig, self._read_at = self._read(), now
        letters = self._plates.lettering(letters_for(size, SMALLER))
        left = round(size[0] * LEFT)
        panels = self._hud.panels(view, readings, size, now, scale=SMALLER)
        status = next(panel for panel in panels if panel.name == "status")
        refusal = [panel for panel in panels if panel.name == "refusal"]
        bottom = refusal[0].position[1] if refusal else size[1]
        notes = [panel for panel in panels if panel.name.startswith("note")]
        top = status.surface.get_height() + GAP
        found = [status, *refusal]
        if view.code:
            found = [*self._code.panels(view, (left, bottom), now, top), *found]
        x, y, wide, high = self.room(size)
        y += high + GAP
        strip = self._strip(view, thumbs, serial, wide, bottom - y, letters)
        if strip is not None:
            found.append(Panel("slots", strip, (x, y)))
            y += strip.get_height() + GAP
        below = bottom
        for note in reversed(notes):  # the newest lowest
            below -= note.surface.get_height()
            place = max(x, size[0] - note.surface.get_width()), below
            found.append(Panel(note.name, note.surface, place, note.alpha))
        lines = rig_lines(self._rig, letters.fits(wide) - 2)
        fits = max(0, (below - y - GAP) // max(1, letters.height))
        if lines and fits:
            shown = lines[:fits]
            key = (shown, wide)
            surface = self._plates.keep("rig", key, lambda: text_plate(shown, letters))
            found.append(Panel("rig", surface, (x, y)))
        return found

    def _strip(
        self,
        view: View,
        thumbs: NDArray[np.uint8] | None,
        serial: int,
        wide: int,
        high: int,
        letters: Lettering,
    ) -> Surface | None:
        """The slots with their conditions, as large as there is room."""
        if thumbs is None or not view.slots or high < 6 * letters.height:
            return None
        count = len(view.slots)
        aspect = thumbs.shape[1] / count / (thumbs.shape[0] / 2)
        rows = (high // 2 - 2 * letters.height) // 2
        side = max(16, min(wide // count - 6, round(rows * aspect)))
        thumb = side, max(8, round(side / aspect))
        key = (serial, view.slots, thumb)
        return self._plates.keep("slots", key, lambda: strip_plate(view, thumbs, thumb, letters))


def rig_lines(rig: Rig, columns: int) -> list[list[Segment]]:
    """Outputs, sources and knobs in lines of text."""
    lines: list[list[Segment]] = []
    for title, rows in (("outputs", rig.outputs), ("sources", rig.sources)):
        if rows:
            lines.append([(title, GREY)])
        for name, state in rows:
            shown = wrap(name, max(8, columns - 12), 1)[0]
            lines.append([(f"  {shown}  ", WHITE), (state, STATES.get(state, AMBER))])
    if rig.knobs:
        lines.append([("knobs", GREY)])
    cells = max(4, min(16, columns - 30))
    for name, value, low, high in rig.knobs:
        share = (value - low) / (high - low) if high > low else 0.0
        filled = round(cells * min(1.0, max(0.0, share)))
        bar = "█" * filled + "·" * (cells - filled)
        shown = wrap(name, 16, 1)[0].ljust(16)
        lines.append([(f"  {shown} ", WHITE), (bar, AMBER), (f" {value:.3g}", WHITE)])
    return lines
