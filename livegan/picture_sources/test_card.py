"""The test card: what is shown in place of a source that has not delivered a picture yet."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from livegan.picture_sources.source import Pixels

GROUND, LINES, TEXT = (38, 42, 48), (58, 64, 72), (150, 158, 168)


@lru_cache(maxsize=8)
def test_card(name: str, height: int, width: int) -> Pixels:
    """A quiet grey card with a grid, a circle and the name of the source, (height, width, 3)."""
    card = Image.new("RGB", (width, height), GROUND)
    draw = ImageDraw.Draw(card)
    step = max(8, height // 8)
    for x in range(width % step // 2, width, step):
        draw.line((x, 0, x, height), LINES)
    for y in range(height % step // 2, height, step):
        draw.line((0, y, width, y), LINES)
    radius = 0.42 * min(height, width)
    middle = width / 2, height / 2
    draw.ellipse(
        (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius),
        outline=TEXT,
        width=max(1, height // 256),
    )
    font = ImageFont.load_default(size=max(8, height // 18))
    shown = name if len(name) < 40 else name[:37] + "..."
    draw.text(middle, shown, TEXT, font, anchor="mm")
    pixels = np.array(card)
    pixels.flags.writeable = False
    return pixels
