"""Formats: what outputs need a picture to be, made once for all of them and only when wanted."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from livegan.stage.fallback.letterbox import boxed

Pixels = NDArray[np.uint8]
Layout = Literal["rgb", "rgba", "bgra"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

KEPT = 6
"""Buffers of one format at most: one that an output still reads is not written to."""
MOST = 8
"""Formats that are remembered; what nobody asks for any more is let go of."""
_HELD_HERE = 3
"""References to a buffer that only its pool holds: the pool, the loop and the call that counts."""


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

    The same picture in the same format is converted once, into a buffer that is used again when
    nobody holds it any more. What is handed out must not be changed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: OrderedDict[Format, tuple[Pixels, Pixels]] = OrderedDict()
        self._buffers: dict[Format, list[Pixels]] = {}
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
            known = None  # so that its buffer is free
            known = (pixels, self._made(pixels, wanted))
        self._newest[wanted] = known
        while len(self._newest) > MOST:
            self._buffers.pop(self._newest.popitem(last=False)[0], None)
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
        height, width, _ = pixels.shape
        out = self._buffer(wanted, (height, width, 3 if wanted.layout == "rgb" else 4))
        rows = pixels[::-1] if wanted.flip else pixels
        order = (2, 1, 0) if wanted.layout == "bgra" else (0, 1, 2)
        for place, channel in enumerate(order):  # a tenth of the time of all three at once
            out[..., place] = rows[..., channel]
        return out

    def _buffer(self, wanted: Format, shape: tuple[int, int, int]) -> Pixels:
        """One that nobody holds, or a new one."""
        buffers = self._buffers.setdefault(wanted, [])
        if buffers and buffers[0].shape != shape:
            buffers.clear()
        for buffer in buffers:
            if sys.getrefcount(buffer) <= _HELD_HERE:
                return buffer
        new: Pixels = np.full(shape, 255, np.uint8)
        if len(buffers) < KEPT:
            buffers.append(new)
        return new
