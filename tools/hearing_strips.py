"""What is heard in the demo track, drawn: ``python tools/hearing_strips.py`` (docs/hearing.md)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from livegan.saving import save_png
from livegan.share import demo_track
from livegan.sound import HOP, RATE
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.media import decode

OUT = Path(__file__).parent.parent / "docs" / "pictures" / "hearing.png"
STRIPS: dict[str, tuple[float, float]] = {
    "level": (0, 1),
    "kick": (0, 1),
    "snare": (0, 1),
    "build": (0, 1),
    "drop": (0, 1),
    "section": (0, 8),
    "harmonic": (0, 1),
    "note": (30, 90),
}
"""Each signal, and the values at the foot and at the top of its strip."""
WIDTH, HEIGHT, LEFT, GAP = 960, 44, 76, 6
GROUND, CURVE, WORDS = (14, 15, 24), (94, 176, 255), (214, 218, 230)


def main() -> None:
    """Draw all strips, one below the other, a minute wide."""
    samples = decode(demo_track())
    history = RecordedHistory.of(samples)
    hearing, count = Hearing(history), WIDTH - LEFT
    ends = np.linspace(1, history.hops, count + 1).astype(int)
    values: dict[str, list[float]] = {name: [] for name in STRIPS}
    for first, last in pairwise(ends):
        view = hearing.at(int(last) * HOP)
        for name, found in values.items():
            if name in ("kick", "snare", "drop"):  # strokes are narrower than a column
                found.append(float(view.feature(name, (last - first) / 100).max(initial=0)))
            else:
                found.append(float(getattr(view, name)))
    picture = np.empty(((HEIGHT + GAP) * len(STRIPS), WIDTH, 3), np.uint8)
    picture[:] = GROUND
    for row, (name, (low, high)) in enumerate(STRIPS.items()):
        top = row * (HEIGHT + GAP) + GAP // 2
        strip(picture[top : top + HEIGHT, LEFT:], (np.array(values[name]) - low) / (high - low))
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    for row, name in enumerate(STRIPS):
        draw.text((8, row * (HEIGHT + GAP) + HEIGHT // 2 - 4), name, WORDS)
    save_png(OUT, np.asarray(image))
    print(f"{OUT}: {len(samples) / RATE:.0f} s")


def strip(picture: NDArray[np.uint8], values: NDArray[np.float64]) -> None:
    """A curve of values 0..1 with what is below it filled, into (H, W, 3)."""
    height = len(picture)
    y = np.linspace(1, 0, height)[:, None]
    values = np.clip(values, 0, 1)
    below = np.clip((values - y) * height, 0, 1)[:, :, None]
    ground = np.array(GROUND) + 12
    picture[:] = ground + below * (np.array(CURVE) - ground) * (0.35 + 0.65 * y[:, :, None])


if __name__ == "__main__":
    main()
