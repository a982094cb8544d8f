"""Fitting a window to its wall by hand: corners and mask, dragged or nudged. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from livegan.stage.overlay.text import PixelSize
from livegan.stage.window.trim import EDGES, RANGES, Point, Points, Trim, TrimError, flipped, turned

STEP, FAR = 1, 10
"""Pixels that an arrow key moves a point; with shift."""
REACH = 28
"""Pixels around a point within which the mouse takes it."""
ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
LEVELS = {
    "a": ("brightness", -0.02),
    "s": ("brightness", 0.02),
    "z": ("gamma", -0.05),
    "x": ("gamma", 0.05),
    "n": ("contrast", -0.05),
    "m": ("contrast", 0.05),
}
WIDER = {"j": -0.01, "l": 0.01}
"""By how much an edge is blended less or more; five times as much with shift."""
GAMMA = 0.2
"""Steps of the gamma of blended edges."""
HELP = (
    ("arrows", "move the point, shift: further; or drag it with the mouse"),
    ("tab", "the next point"),
    ("k", "corners or mask; a click adds a point to the mask"),
    ("backspace", "remove the mask's point; corners: as large as fits"),
    ("g", "grid or picture"),
    ("r, f, v", "rotate, flip left and right, flip up and down"),
    ("a, s", "darker, lighter"),
    ("z, x", "gamma: darker, lighter in the dark parts"),
    ("n, m", "less, more contrast"),
    ("e", "the next edge to blend with another projector"),
    ("j, l", "overlap: narrower, wider; shift: further"),
    ("o", "the gamma of the overlaps"),
    ("enter", "keep it"),
    ("esc", "leave it as it was"),
)
"""The keys while a window is fitted, and what they do."""


EDITS = {
    *(*ARROWS, *LEVELS, *WIDER, *"kgrfveo", "tab", "backspace", "delete"),
    *("return", "enter", "escape"),
}
"""Names of all keys that mean something here."""


@dataclass(frozen=True)
class TrimEdit:
    """A trim that is being set. Immutable: each call gives the next one."""

    trim: Trim
    before: Trim
    fitted: Points
    """Where the corners are of a picture that is as large as fits."""
    what: Literal["corners", "mask"] = "corners"
    at: int = 0
    """The point that the keys move."""
    grid: bool = True
    drags: bool = False
    edge: str = EDGES[0]
    """The edge that is blended."""

    @classmethod
    def begin(cls, trim: Trim, fitted: Points) -> TrimEdit:
        """Of a trim as it is."""
        return cls(trim, trim, fitted)

    @property
    def points(self) -> Points:
        """Corners or mask, whichever is edited."""
        return self.trim.mask if self.what == "mask" else self.trim.corners or self.fitted

    def press(self, name: str, shift: bool, size: PixelSize) -> TrimEdit | None:
        """After a key; None for a key that means nothing here. ``size`` is the window's."""
        if name in ARROWS:
            step = FAR if shift else STEP
            dx, dy = ARROWS[name]
            return self._moved(dx * step / size[0], dy * step / size[1])
        if name == "tab":
            return replace(self, at=(self.at + (-1 if shift else 1)) % max(1, len(self.points)))
        if name == "k":
            return replace(self, what="corners" if self.what == "mask" else "mask", at=0)
        if name == "g":
            return replace(self, grid=not self.grid)
        if name == "r":
            return replace(self, trim=turned(self.trim))
        if name in ("f", "v"):
            across = "horizontal" if name == "f" else "vertical"
            return replace(self, trim=flipped(self.trim, across))
        if name in ("backspace", "delete"):
            return self._removed()
        if name in LEVELS:
            return self._level(*LEVELS[name])
        if name == "e":
            return replace(self, edge=EDGES[(EDGES.index(self.edge) + 1) % len(EDGES)])
        if name in WIDER:
            return self._level(f"blend_{self.edge}", WIDER[name] * (5 if shift else 1))
        if name == "o":
            low, high = RANGES["blend_gamma"]
            further = self.trim.blend_gamma + GAMMA < high + GAMMA / 2
            return self._level("blend_gamma", GAMMA if further else low - high)
        return None

    def _level(self, field: str, step: float) -> TrimEdit:
        low, high = RANGES[field]
        value = round(min(high, max(low, getattr(self.trim, field) + step)), 3)
        return replace(self, trim=replace(self.trim, **{field: value}))

    def _moved(self, dx: float, dy: float) -> TrimEdit:
        if not self.points:
            return self
        x, y = self.points[self.at]
        return self._put((x + dx, y + dy))

    def _put(self, point: Point) -> TrimEdit:
        """With the point there; unchanged where corners would cross."""
        points = (*self.points[: self.at], point, *self.points[self.at + 1 :])
        return self._with(points)

    def _with(self, points: Points) -> TrimEdit:
        try:
            if self.what == "corners":
                return replace(self, trim=replace(self.trim, corners=points))
            return replace(self, trim=replace(self.trim, mask=points))
        except TrimError:
            return self

    def _removed(self) -> TrimEdit:
        if self.what == "corners":
            return replace(self, trim=replace(self.trim, corners=()))
        left = tuple(point for n, point in enumerate(self.points) if n != self.at)
        left = left if len(left) >= 3 else ()
        return replace(self._with(left), at=max(0, min(self.at, len(left) - 1)))

    # The mouse, in pixels of the window -----------------------------------------------------------

    def grab(self, x: float, y: float, size: PixelSize) -> TrimEdit:
        """The button goes down: take the nearest point, or add one to the mask."""
        if not self.points:  # a mask begins as a square around the mouse
            a, b = x / size[0], y / size[1]
            around = (
                (a - 0.1, b - 0.1),
                (a + 0.1, b - 0.1),
                (a + 0.1, b + 0.1),
                (a - 0.1, b + 0.1),
            )
            return replace(self._with(around), at=2, drags=True)
        near = [
            (abs(px * size[0] - x) ** 2 + abs(py * size[1] - y) ** 2) ** 0.5
            for px, py in self.points
        ]
        at = near.index(min(near))
        if near[at] > REACH:
            if self.what == "corners":
                return replace(self, at=at)
            return self._added((x / size[0], y / size[1]))
        return replace(self, at=at, drags=True)

    def _added(self, point: Point) -> TrimEdit:
        """With a point more, between the two whose side is nearest."""
        points = self.points
        far = [_distance(point, points[n - 1], points[n]) for n in range(len(points))]
        at = far.index(min(far))
        new = self._with((*points[:at], point, *points[at:]))
        return replace(new, at=at, drags=True)

    def drag(self, x: float, y: float, size: PixelSize) -> TrimEdit:
        """The mouse moves."""
        return self._put((x / size[0], y / size[1])) if self.drags else self

    def drop(self) -> TrimEdit:
        """The button goes up."""
        return replace(self, drags=False)


def _distance(point: Point, a: Point, b: Point) -> float:
    """From a point to a line between two others."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    x, y = a[0] + along * dx - point[0], a[1] + along * dy - point[1]
    return float((x * x + y * y) ** 0.5)
