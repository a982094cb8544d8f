"""Small films whose frames say which they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np


def value_of(index: int) -> int:
    """How bright frame ``index`` is, 0..255; neighbours differ by more than coding does."""
    return 20 + (index * 37) % 200


def write_film(
    path: Path,
    frames: int = 60,
    rate: int = 25,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (64, 96),
    options: dict[str, str] | None = None,
    pts: list[int] | None = None,
) -> Path:
    """A film of grey frames, `value_of` each; with B-frames and key frames 12 apart."""
    height, width = size
    with av.open(f"file:{path}", "w") as file:
        stream: Any = file.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"g": "12", "bf": "3"} | (options or {})
        for index in range(frames):
            pixels = np.full((height, width, 3), value_of(index), np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = pts[index] if pts else index
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return path


def index_of(pixels: Any) -> int:
    """Which frame of `write_film` this is, of the first two hundred."""
    seen = float(np.asarray(pixels)[..., :3].mean())
    return min(range(200), key=lambda i: (abs(value_of(i) - seen) > 3, i))
