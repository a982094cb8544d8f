"""A trim: how a picture is fitted to a wall and to a projector. Kept in a file beside the set.

``four.py`` has ``four.outputs.toml``, with a table for each window by its name:

    [main]
    rotation = 90
    corners = [[0.1, 0.05], [0.9, 0.0], [1.0, 1.0], [0.0, 0.95]]
"""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from livegan.saving import write_bytes

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Point = tuple[float, float]
Points = tuple[Point, ...]
Part = tuple[float, float, float, float]
WHOLE: Part = (0.0, 0.0, 1.0, 1.0)
FLIPS = ("none", "horizontal", "vertical", "both")
ROTATIONS = (0, 90, 180, 270)
EDGES = ("left", "top", "right", "bottom")
RANGES = {
    "brightness": (-0.5, 0.5),
    "contrast": (0.25, 2.0),
    "gamma": (0.4, 2.5),
    **{f"blend_{edge}": (0.0, 0.5) for edge in EDGES},
    "blend_gamma": (1.0, 3.0),
}
"""What each may be. Contrast and gamma come after the flash guard, so they are bounded."""
FURTHEST = 1.0
"""How far outside the window a corner may lie, in widths or heights of the window."""
HEAD = "# Written by livegan: how each window fits its wall. Edit it while the show plays.\n\n"


class TrimError(ValueError):
    """What a file says is no trim; the message is one line."""


@dataclass(frozen=True)
class Trim:
    """How one window shows its picture. Points are in widths and heights of the window, from the
    top left."""

    rotation: int = 0
    """Degrees clockwise, one of `ROTATIONS`."""
    flip: str = "none"
    """One of `FLIPS`, after the rotation."""
    corners: Points = ()
    """Where the picture's corners are, clockwise from the top left; none: as large as fits."""
    mask: Points = ()
    """A polygon outside of which the window is black; none: all is seen."""
    brightness: float = 0.0
    """Added to the picture, whose white is 1."""
    contrast: float = 1.0
    gamma: float = 1.0
    """Above 1, dark parts become lighter."""
    part: Part = WHOLE
    """What is shown of the picture: left, top, right and bottom, in its widths and heights."""
    blend_left: float = 0.0
    """Share of what is seen, from its left edge, that another projector lights as well."""
    blend_top: float = 0.0
    blend_right: float = 0.0
    blend_bottom: float = 0.0
    blend_gamma: float = 2.2
    """Of the projectors: see `livegan.stage.window.edge_blend`."""

    def __post_init__(self) -> None:
        """Raises TrimError in one line."""
        if self.rotation not in ROTATIONS:
            raise TrimError(f"rotation is one of 0, 90, 180 and 270, not {self.rotation}")
        if self.flip not in FLIPS:
            raise TrimError(f"flip is one of {', '.join(FLIPS)}, not {self.flip!r}")
        for name, (low, high) in RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise TrimError(f"{name} is {low:g} to {high:g}, not {getattr(self, name):g}")
        left, top, right, bottom = self.part
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise TrimError(
                f"part is left, top, right and bottom within 0 to 1, not {list(self.part)}"
            )
        for point in (*self.corners, *self.mask):
            if not all(-FURTHEST <= side <= 1 + FURTHEST for side in point):
                raise TrimError(f"the point {list(point)} is too far outside the window")
        if self.corners and not (len(self.corners) == 4 and convex(self.corners)):
            raise TrimError("corners are four points, clockwise from the top left, not crossed")
        if 0 < len(self.mask) < 3:
            raise TrimError("a mask has three points or more")

    @property
    def plain(self) -> bool:
        """Whether the picture has its own colours."""
        return (self.brightness, self.contrast, self.gamma) == (0.0, 1.0, 1.0)

    @property
    def blends(self) -> bool:
        """Whether an edge is blended with that of another projector."""
        return any(getattr(self, f"blend_{edge}") for edge in EDGES)

    @property
    def straight(self) -> bool:
        """Whether the picture is where it would be without a trim."""
        return not (self.rotation or self.corners or self.mask or self.flip != "none")

    def place_in(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """The part in pixels of a picture (width, height), one pixel at least."""
        width, height = size
        left, top = min(int(self.part[0] * width), width - 1), int(self.part[1] * height)
        top = min(top, height - 1)
        right = max(left + 1, round(self.part[2] * width))
        return left, top, right, max(top + 1, round(self.part[3] * height))

    def levels(self) -> bytes:
        """The 256 values that those of a picture become."""
        values = []
        for value in range(256):
            light = ((value / 255) ** (1 / self.gamma) - 0.5) * self.contrast + 0.5
            values.append(round(255 * min(1.0, max(0.0, light + self.brightness))))
        return bytes(values)


def convex(points: Points) -> bool:
    """Whether the points go round clockwise, never turn back, and enclose an area worth seeing."""
    turns = []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[i - 1], points[(i + 1) % len(points)]
        turns.append((x - ax) * (by - y) - (y - ay) * (bx - x))
    return min(turns) > 1e-4


def read_trim(row: Any) -> Trim:
    """A trim from a table of the file. Raises TrimError in one line."""
    if not isinstance(row, dict):
        raise TrimError("it is no table")
    known = {field.name: field for field in fields(Trim)}
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name not in known:
            raise TrimError(f"there is no {name!r}; there is {', '.join(known)}")
        if name in ("corners", "mask"):
            values[name] = _points(name, value)
        elif name == "part":
            values[name] = _part(value)
        elif name == "flip":
            values[name] = value
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TrimError(f"{name} is a number, not {value!r}")
        else:
            values[name] = value
        if name in RANGES and not math.isfinite(value):
            raise TrimError(f"{name} is a number, not {value!r}")
    return Trim(**values)


def _points(name: str, value: Any) -> Points:
    try:
        points = tuple((float(x), float(y)) for x, y in value)
    except (TypeError, ValueError):
        raise TrimError(f"{name} are points, such as [[0.1, 0.0], [0.9, 0.0]]") from None
    if not all(math.isfinite(side) for point in points for side in point):
        raise TrimError(f"{name} are points of numbers")
    return points


def _part(value: Any) -> Part:
    try:
        left, top, right, bottom = map(float, value)
    except (TypeError, ValueError):
        raise TrimError("part is four numbers: left, top, right and bottom") from None
    return left, top, right, bottom


def file_of(set: Path) -> Path:
    """Where the trims of a set's windows are kept."""
    return set.with_suffix(".outputs.toml")


def load(path: Path, window: str) -> Trim:
    """The trim of a window; none at all if the file or its table is not there.

    Raises TrimError with a line that says where and what, for a file that cannot be used.
    """
    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return Trim()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrimError(f"{path.name}: {' '.join(str(error).split())}") from None
    try:
        return read_trim(tables.get(window, {}))
    except TrimError as error:
        raise TrimError(f"{path.name}, [{window}]: {error}") from None


def save(path: Path, window: str, trim: Trim) -> None:
    """Write the table of one window; the rest of the file stays as it is, letter by letter.

    Raises TrimError if the file is there and cannot be read: it is not overwritten. OSError if it
    cannot be written.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        tomllib.loads(text)
    except FileNotFoundError:
        text = HEAD
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = " ".join(str(error).split())
        raise TrimError(f"{path.name} is not overwritten: correct it first ({why})") from None
    before, after = _around(text, window)
    write_bytes(path, f"{before}{written(window, trim)}{after}".encode())


def written(window: str, trim: Trim) -> str:
    """A table of the file, with what differs from no trim."""
    plain = re.fullmatch(r"[A-Za-z0-9_-]+", window)
    lines = [f"[{window if plain else json.dumps(window, ensure_ascii=False)}]"]
    for field in fields(Trim):
        value = getattr(trim, field.name)
        if value != field.default:
            points = field.name in ("corners", "mask")
            plain_value = [[round(x, 5), round(y, 5)] for x, y in value] if points else value
            lines.append(f"{field.name} = {json.dumps(plain_value)}")
    return "\n".join(lines) + "\n"


def _around(text: str, window: str) -> tuple[str, str]:
    """The text before a window's table and that after it; the table comes last if it is new."""
    lines = text.splitlines(keepends=True)
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[", line) and _table(line)]
    for number, start in enumerate(heads):
        if _table(lines[start]) == window:
            end = heads[number + 1] if number + 1 < len(heads) else len(lines)
            while end > start + 1 and re.match(r"\s*(#.*)?$", lines[end - 1]):
                end -= 1  # comments above the next table are that table's
            return "".join(lines[:start]), "".join(lines[end:])
    if text and not text.endswith("\n\n"):
        text = text.rstrip("\n") + "\n\n"
    return text, ""


def _table(line: str) -> str:
    """The name of the table that a line begins; "" if it begins none."""
    try:
        tables = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ""
    name, value = next(iter(tables.items()), ("", None))
    return name if value == {} else ""


def turned(trim: Trim) -> Trim:
    """Rotated by a quarter more."""
    return replace(trim, rotation=(trim.rotation + 90) % 360)


def flipped(trim: Trim, across: str) -> Trim:
    """Flipped once more, ``"horizontal"`` or ``"vertical"``."""
    now = {
        "none": set[str](),
        "both": {"horizontal", "vertical"},
    }.get(trim.flip, {trim.flip})
    after = now ^ {across}
    return replace(trim, flip="both" if len(after) == 2 else next(iter(after), "none"))
