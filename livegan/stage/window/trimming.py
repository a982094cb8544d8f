"""The trim of a window: read from its file, read again when the file changes, set by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from livegan.stage.overlay.panels import Segment, text_plate
from livegan.stage.overlay.text import (
    AMBER,
    BLUE,
    GREY,
    WHITE,
    Lettering,
    Panel,
    PixelSize,
    letters_for,
)
from livegan.stage.window.trim import Trim, TrimError, file_of, load, save
from livegan.stage.window.trim_edit import HELP, TrimEdit
from livegan.stage.window.warp import fitted, seen_size

if TYPE_CHECKING:
    from pygame import Surface

MOUSE = MOUSE_MOVES, MOUSE_DOWN, MOUSE_UP = 1024, 1025, 1026  # SDL_events.h
LOOK = 0.5  # seconds between looks at the file
DOT = 9  # pixels: half of a point's mark
CELLS = 8  # of the grid, in the shorter side of the picture


class Trimming:
    """The trim of one window, and its editing. On the window's thread."""

    def __init__(self, set: Path, window: str, note: Callable[[str], None]) -> None:
        """``window`` is its name in the file beside ``set``; ``note`` takes a line."""
        self._path, self._name, self._note = file_of(set), window, note
        self._seen: object = None
        self._looked = float("-inf")
        self._marks: dict[object, Surface] = {}
        self._grid: tuple[PixelSize, NDArray[np.uint8]] | None = None
        self._plate: tuple[object, Surface] | None = None
        self.trim = Trim()
        self.edit: TrimEdit | None = None
        self.serial = 0
        """Counts the changes of what is seen."""

    def look(self, now: float) -> None:
        """Read the file if it has changed, at most twice a second."""
        if self.edit is not None or 0 <= now - self._looked < LOOK:
            return
        self._looked = now
        try:
            state = self._path.stat()
            seen: object = (state.st_mtime_ns, state.st_size, state.st_ino)
        except OSError:
            seen = None
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self.trim = load(self._path, self._name)
            self.serial += 1
        except TrimError as error:
            self._note(f"{error}; the window {self._name} stays as it is")

    def begin(self, picture: PixelSize, window: PixelSize, fill: bool = False) -> None:
        """Begin to set it by hand, for pictures of that size in a window of that size."""
        wide, high = window
        west, north, east, south = self.trim.place_in(picture)
        shown = seen_size(self.trim, (east - west, south - north))
        x, y, w, h = fitted(shown, window, fill)
        left, top, right, bottom = x / wide, y / high, (x + w) / wide, (y + h) / high
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        self.edit = TrimEdit.begin(self.trim, corners)
        self.serial += 1

    def press(self, name: str, shift: bool, size: PixelSize) -> bool:
        """Take a key by its name, while it is set by hand; whether it was one of ours."""
        if self.edit is None:
            return False
        if name in ("return", "enter", "keypad enter"):
            self._keep(self.edit)
        elif name == "escape":
            self._end(self.edit.before)
        else:
            after = self.edit.press(name, shift, size)
            if after is None:
                return False
            self._take(after)
        return True

    def mouse(self, event: Any, size: PixelSize) -> None:
        """Take an event of pygame, one of `MOUSE`, while it is set by hand."""
        edit = self.edit
        if edit is None:
            return
        if event.type == MOUSE_DOWN and event.button == 1:
            self._take(edit.grab(event.pos[0], event.pos[1], size))
        elif event.type == MOUSE_MOVES and edit.drags:
            self._take(edit.drag(event.pos[0], event.pos[1], size))
        elif event.type == MOUSE_UP:
            self._take(edit.drop())

    def _take(self, edit: TrimEdit) -> None:
        self.edit, self.trim = edit, edit.trim
        self.serial += 1

    def _end(self, trim: Trim) -> None:
        self.trim, self.edit = trim, None
        self.serial += 1

    def _keep(self, edit: TrimEdit) -> None:
        """End, and write the file. What cannot be written stays for this show."""
        self._end(edit.trim)
        try:
            save(self._path, self._name, edit.trim)
            self._note(f"window {self._name}: kept in {self._path.name}")
        except TrimError as error:
            self._note(f"{error}; the window {self._name} keeps its shape for this show only")
        except OSError as error:
            why = error.strerror or error
            self._note(f"{self._path.name} cannot be written ({why}); it holds for this show only")

    # What is seen while it is set -----------------------------------------------------------------

    def panels(self, size: PixelSize) -> list[Panel]:
        """The points, and the keys."""
        if self.edit is None:
            return []
        panels = []
        for number, (x, y) in enumerate(self.edit.points):
            mark = self._mark(number == self.edit.at, self.edit.what)
            place = (round(x * size[0]) - DOT, round(y * size[1]) - DOT)
            panels.append(Panel(f"point {number}", mark, place))
        plate = self._help(size)
        width, height = plate.get_size()
        place = ((size[0] - width) // 2, (size[1] - height) // 2)
        return [Panel("fitting", plate, place), *panels]

    def _mark(self, chosen: bool, what: str) -> Surface:
        import pygame

        key = (chosen, what)
        if key not in self._marks:
            surface = pygame.Surface((2 * DOT + 1, 2 * DOT + 1), pygame.SRCALPHA)
            pygame.draw.circle(surface, (0, 0, 0, 255), (DOT, DOT), DOT)
            colour = AMBER if chosen else (BLUE if what == "mask" else WHITE)
            pygame.draw.circle(surface, colour, (DOT, DOT), DOT - 2, 0 if chosen else 2)
            self._marks[key] = surface
        return self._marks[key]

    def _help(self, size: PixelSize) -> Surface:
        assert self.edit is not None
        trim = self.edit.trim
        levels = (trim.brightness, trim.gamma, trim.contrast)
        edge = self.edit.edge
        overlap = (edge, getattr(trim, f"blend_{edge}"), trim.blend_gamma)
        key = (size, self._name, self.edit.what, levels, overlap)
        if self._plate is None or self._plate[0] != key:
            letters = Lettering(letters_for(size, 0.9))
            wide = max(len(keys) for keys, _ in HELP) + 2
            lines: list[list[Segment]] = [
                [(f"window {self._name}: {self.edit.what}", AMBER)],
                [("brightness {:g}  gamma {:g}  contrast {:g}".format(*levels), GREY)],
                [("overlap at the {} {:.0%}, of gamma {:g}".format(*overlap), GREY)],
                *[[(keys.ljust(wide), AMBER), (does, WHITE)] for keys, does in HELP],
            ]
            self._plate = (key, text_plate(lines, letters))
        return self._plate[1]

    def instead(self, pixels: NDArray[np.uint8], window: PixelSize) -> NDArray[np.uint8]:
        """What is shown in place of a picture (H, W, 3): the grid if it is wanted, as sharp as
        the window."""
        if self.edit is None or not self.edit.grid:
            return pixels
        height, width, _ = pixels.shape
        scale = max(window) / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        if self._grid is None or self._grid[0] != size:
            self._grid = (size, grid_picture(size))
        return self._grid[1]


def grid_picture(size: PixelSize) -> NDArray[np.uint8]:
    """(H, W, 3): a grid of squares with a border, diagonals and a cross to align to."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", size, (12, 14, 22))
    draw = ImageDraw.Draw(image)
    width, height = size
    step, line = max(2.0, min(size) / CELLS), max(1, min(size) // 200)
    for side, length, across in ((0, width, height), (1, height, width)):
        for number in range(-int(length / step), int(length / step) + 1):
            at = length / 2 + number * step
            ends = [(at, 0), (at, across)] if side == 0 else [(0, at), (across, at)]
            draw.line(ends, (150, 155, 165), line)
    draw.line([(0, 0), (width, height)], (60, 90, 140), line)
    draw.line([(0, height), (width, 0)], (60, 90, 140), line)
    draw.line([(width / 2, 0), (width / 2, height)], (250, 200, 90), 2 * line)
    draw.line([(0, height / 2), (width, height / 2)], (250, 200, 90), 2 * line)
    radius = min(size) * 0.4
    middle = (width / 2, height / 2)
    draw.ellipse(
        [middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius],
        outline=(250, 200, 90),
        width=2 * line,
    )
    draw.rectangle([0, 0, width - 1, height - 1], outline=(255, 60, 60), width=3 * line)
    draw.text((width * 0.06, height * 0.06), "top left", (255, 255, 255))
    return np.asarray(image)
