"""Formats: what outputs need a picture to be, made once for all of them and only when wanted."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from livegan.stage.fallback.letterbox import boxed

Pixels = NDArray[np.uint8]
Layout = Literal["rgb", "rgba", "bgra"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

MOST = 8
"""Formats that are remembered; what nobody asks for any more is let go of."""


@dataclass(frozen=True)
class Format:
    """How an output wants its pictures."""

    layout: Layout = "rgb"
    """Bytes of a pixel, in this order; the alpha of all pixels is 255."""
    size: tuple[int, int] | None = None
    """Width and height; the picture is scaled into it, with black at the sides. None: as it is."""
    flip: bool = False
    """The last row first, as OpenGL stores textures."""
    stretch: bool = False
    """All of the size is filled, whatever shape the picture has."""

    def __post_init__(self) -> None:
        """Raises ValueError for a layout that is none of `LAYOUTS`."""
        if self.layout not in LAYOUTS:
            raise ValueError(f"the layout is one of {', '.join(LAYOUTS)}, not {self.layout!r}")


RGB = Format()


class Formats:
    """Converts the pictures of one stream. From any thread.

    The same picture in the same format is converted once. What is handed out must not be changed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: OrderedDict[Format, tuple[Pixels, Pixels]] = OrderedDict()
        self._frame: Any = None
        self.made = 0
        """Conversions so far."""

    def get(self, pixels: Pixels, wanted: Format) -> Pixels:
        """(H, W, 3) pixels as ``wanted``: (h, w, 3) for RGB, else (h, w, 4)."""
        with self._lock:
            return self._get(pixels, wanted)

    def _get(self, pixels: Pixels, wanted: Format) -> Pixels:
        if wanted.size in (None, (pixels.shape[1], pixels.shape[0])):
            wanted = Format(wanted.layout, None, wanted.flip)
        if wanted == RGB:
            return pixels
        known = self._newest.pop(wanted, None)
        if known is None or known[0] is not pixels:
            known = None  # so that its memory is free
            known = (pixels, self._made(pixels, wanted))
        self._newest[wanted] = known
        while len(self._newest) > MOST:
            self._newest.popitem(last=False)
        return known[1]

    def _made(self, pixels: Pixels, wanted: Format) -> Pixels:
        if wanted.size is not None:
            scaled = Format("rgb", wanted.size, stretch=wanted.stretch)
            if wanted != scaled:
                return self._get(
                    self._get(pixels, scaled), Format(wanted.layout, None, wanted.flip)
                )
            self.made += 1
            return boxed(pixels, wanted.size, wanted.stretch)
        self.made += 1
        rows = pixels[::-1] if wanted.flip else pixels
        if wanted.layout == "rgb":
            return rows.copy()
        if self._frame is None:
            from livegan.picture_sources.frame import ByteFrame  # FFmpeg, which few outputs need

            self._frame = ByteFrame()
        # FFmpeg takes a fifth of numpy's time.
        frame = self._frame.filled(rows, "rgb24")
        return np.ascontiguousarray(frame.reformat(format=wanted.layout).to_ndarray())
