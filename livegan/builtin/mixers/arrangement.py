"""Several pictures in one: in rows and columns, one in the corner of another, by turns."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, floor, log, pi, sin
from typing import TYPE_CHECKING, Any

from livegan.builtin.mixers.sampling import places
from livegan.plugin import Now, param, static
from livegan.size import FITS, Size

if TYPE_CHECKING:
    from torch import Tensor

Cell = tuple[int, int, int, int]
"""Top, left, height and width of a place on a sheet, in pixels."""


def fit_param() -> Any:
    """The parameter of all that put pictures into places of another shape."""
    return param("cover", doc="how a picture fills a place of another shape", choices=FITS)


def grid(
    *pictures: Tensor,
    gap: float = param(0.0, 0.0, 0.5, "black gap between the pictures, in heights of one picture"),
    columns: int = static(0, 0, 64, "pictures in a row; 0 cuts off as little as possible"),
    fit: str = fit_param(),
    size: tuple[int, int],
) -> Tensor:
    """All pictures in rows, in the shape of the canvas and at full resolution.

    Any number of pictures fills the canvas, because rows may have different numbers of them.
    Four pictures of 256 px make one of 512 px; `tile` makes one as large as the canvas.
    """
    count = len(pictures)
    if count == 0:
        raise ValueError("grid needs at least one picture")
    canvas = Size(*size)
    rows = rows_of(count, columns, canvas)
    # Of the canvas, the part that no picture must be enlarged for.
    part = max(min(p.shape[1] / canvas.height, p.shape[2] / canvas.width) for p in pictures)
    times = part * min(len(rows), max(rows))
    height, width = max(1, round(canvas.height * times)), max(1, round(canvas.width * times))
    space = round(gap * canvas.height * part)
    return laid(pictures, cells_of(rows, height, width, space), height, width, fit)


def tile(
    *pictures: Tensor,
    rows: float = param(2.0, 1.0, 64.0, "number of rows"),
    columns: float = param(2.0, 1.0, 64.0, "number of columns"),
    gap: float = param(0.0, 0.0, 0.5, "black gap between them, in heights of the canvas"),
    fit: str = fit_param(),
    size: tuple[int, int],
) -> Tensor:
    """The canvas in rows and columns, filled with the pictures in turn."""
    if not pictures:
        raise ValueError("tile needs at least one picture")
    height, width = size
    across = [min(max(round(columns), 1), width)] * min(max(round(rows), 1), height)
    cells = cells_of(across, height, width, round(gap * height))
    return laid(pictures, cells, height, width, fit)


def beside(
    *pictures: Tensor,
    first: float = param(
        -1.0, -1.0, 1.0, "part of the canvas for the first picture; below 0: equal parts"
    ),
    gap: float = param(0.0, 0.0, 0.5, "black gap between them, in heights of the canvas"),
    fit: str = fit_param(),
    size: tuple[int, int],
) -> Tensor:
    """The pictures side by side on the whole canvas."""
    if not pictures:
        raise ValueError("beside needs at least one picture")
    height, width = size
    spans = spans_of(len(pictures), width, round(gap * height), first)
    return laid(pictures, [(0, left, height, wide) for left, wide in spans], height, width, fit)


def stack(
    *pictures: Tensor,
    first: float = param(
        -1.0, -1.0, 1.0, "part of the canvas for the first picture; below 0: equal parts"
    ),
    gap: float = param(0.0, 0.0, 0.5, "black gap between them, in heights of the canvas"),
    fit: str = fit_param(),
    size: tuple[int, int],
) -> Tensor:
    """The pictures one below the other on the whole canvas."""
    if not pictures:
        raise ValueError("stack needs at least one picture")
    height, width = size
    spans = spans_of(len(pictures), height, round(gap * height), first)
    return laid(pictures, [(top, 0, high, width) for top, high in spans], height, width, fit)


def inset(
    picture: Tensor,
    other: Tensor,
    *,
    scale: float = param(
        0.33, 0.0, 1.0, "height of the small picture, in heights of the large one"
    ),
    x: float = param(1.0, 0.0, 1.0, "position from the left border to the right"),
    y: float = param(1.0, 0.0, 1.0, "position from the top to the bottom"),
    margin: float = param(0.03, 0.0, 0.5, "distance from the border, in heights"),
    amount: float = param(1.0, 0.0, 1.0, "how much it covers the picture below"),
    fit: str = fit_param(),
) -> Tensor:
    """Picture in picture: the other picture, small, in a corner of the first."""
    _, height, width = picture.shape
    high, wide = round(height * scale), round(width * scale)
    if high < 1 or wide < 1:
        return picture
    edge = min(round(margin * height), (height - high) // 2, (width - wide) // 2)
    top = edge + round(y * (height - high - 2 * edge))
    left = edge + round(x * (width - wide - 2 * edge))
    whole = picture.clone()
    below = whole[:, top : top + high, left : left + wide]
    below.lerp_(placed(other, high, wide, fit), amount)
    return whole


def fit(
    picture: Tensor,
    *,
    how: str = fit_param(),
    size: tuple[int, int],
) -> Tensor:
    """Fit the picture to the canvas: fill it and cut, show all of it on black, or distort it."""
    return placed(picture, *size, how)


for _arranged in (grid, tile, beside, stack, inset, fit):
    setattr(_arranged, "any_size", True)  # noqa: B010  it puts them into their places itself

for _sheet in (grid, tile, beside, stack):
    setattr(_sheet, "in_range", True)  # noqa: B010  a sheet holds what its pictures hold, or black


def rows_of(count: int, columns: int, canvas: Size) -> list[int]:
    """How many pictures each row of a grid has, the first rows more than the last.

    ``columns`` 0 chooses: cells differ as little as can be from the canvas's shape, which its
    pictures have, and where that is all the same, from a square.
    """
    if columns:
        full, rest = divmod(count, columns)
        return [columns] * full + [rest] * (rest > 0)
    found = []
    for rows in range(1, count + 1):
        fewest, more = divmod(count, rows)
        counts = [fewest + 1] * more + [fewest] * (rows - more)
        shapes = [log(rows / across) for across in counts for _ in range(across)]
        own = sum(abs(shape) for shape in shapes)
        square = sum(abs(shape + log(canvas.aspect)) for shape in shapes)
        found.append((round(own, 6), round(square, 6), rows, counts))
    return min(found)[3]


def cells_of(rows: Sequence[int], height: int, width: int, space: int = 0) -> list[Cell]:
    """The places of a sheet, row by row; ``space`` pixels lie between them."""
    return [
        (top, left, high, wide)
        for (top, high), across in zip(spans_of(len(rows), height, space), rows, strict=True)
        for left, wide in spans_of(across, width, space)
    ]


def spans_of(count: int, length: int, space: int = 0, first: float = -1.0) -> list[tuple[int, int]]:
    """Where each of ``count`` parts of a length begins, and how long it is, in whole pixels.

    ``first`` is the share of the first part; below 0 all are alike.
    """
    space = min(space, length // (2 * count))
    free = length - space * (count - 1)
    shares = [1 / count] * count
    if first >= 0 and count > 1:
        shares = [first] + [(1 - first) / (count - 1)] * (count - 1)
    edges = [round(free * sum(shares[:index])) for index in range(count)] + [free]
    return [(edges[i] + i * space, edges[i + 1] - edges[i]) for i in range(count)]


def laid(
    pictures: Sequence[Tensor], cells: Sequence[Cell], height: int, width: int, fit: str
) -> Tensor:
    """A sheet with a picture in each cell: the pictures in turn, over and over."""
    sheet = pictures[0].new_empty((3, height, width))
    if sum(high * wide for _, _, high, wide in cells) < height * width:
        sheet.zero_()
    held: dict[tuple[int, int, int], Tensor] = {}
    for index, (top, left, high, wide) in enumerate(cells):
        if high < 1 or wide < 1:
            continue
        key = (index % len(pictures), high, wide)
        if key not in held:
            held[key] = placed(pictures[key[0]], high, wide, fit)
        sheet[:, top : top + high, left : left + wide] = held[key]
    return sheet


def placed(picture: Tensor, height: int, width: int, fit: str) -> Tensor:
    """The picture in a place of that size."""
    from livegan.generators.channels import fitted  # torch, which a set does without

    if tuple(picture.shape[1:]) == (height, width):
        return picture
    # The weights of an enlargement add up to one but for rounding.
    return fitted(picture, height, width, fit).clamp(0, 1)  # type: ignore[arg-type]


def split(
    picture: Tensor,
    other: Tensor,
    *,
    position: float = param(
        0.5, 0.0, 1.0, "position of the border; at 1 only the first picture shows"
    ),
    turn: float = param(
        0.0, doc="0: left and right; 0.25: above and below; between: diagonal", unit="turns"
    ),
    soft: float = param(0.0, 0.0, 1.0, "width of the border, in sizes of the picture"),
) -> Tensor:
    """The first picture on one side of a border, the other on the other side."""
    _, height, width = picture.shape
    x, y = places(height, width, picture.device)
    # In heights, so that a border that turns keeps its angle on a canvas of any shape.
    c, s = cos(2 * pi * turn) * (width / height), sin(2 * pi * turn)
    # Of the corners, the farthest are nought and one along the way the border travels.
    reach = max(abs(c) + abs(s), 1e-6)
    along = (x * c + y * s) / (2 * reach) + 0.5
    width_soft = max(soft, 1 / max(height, width))
    start = position * (1 + width_soft) - width_soft
    return picture.lerp(other, ((along - start) / width_soft).clamp_(0, 1))


def switch(
    *pictures: Tensor,
    index: float = param(-1.0, -1.0, 63.0, "number of the picture, from 0; below 0: each in turn"),
    beats: float = param(4.0, 0.25, 256.0, "how long each picture shows in turn", unit="beats"),
    fade: float = param(0.0, 0.0, 1.0, "last part of each turn, which fades to the next picture"),
    now: Now,
) -> Tensor:
    """One of the pictures, chosen by a number or signal, or each in turn every few beats.

    If there is a fade, an index between two whole numbers mixes the two pictures.  After the last
    picture comes the first again.
    """
    if not pictures:
        raise ValueError("switch needs at least one picture")
    place = index if index >= 0 else now.beats / beats
    whole = floor(place)
    picture, following = (pictures[(whole + step) % len(pictures)] for step in range(2))
    crossed = (place - whole - (1 - fade)) / fade if fade > 0 else 0.0
    return picture.lerp(following, crossed) if crossed > 0 else picture
