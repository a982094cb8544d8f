"""A decoded frame as bytes: scaled to what is needed, upright, in RGB of the right matrix."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
from av.video.reformatter import Colorspace

from livegan.orientation import display_matrix, lies, upright
from livegan.picture_sources.source import Pixels, Wanted

UNSPECIFIED = 2
HD = 720
"""Lines from which a film that names no matrix is meant in that of BT.709, as players assume."""


class ByteFrame:
    """A frame for FFmpeg that is filled with bytes again and again, in the same memory.

    FFmpeg reads some bytes beyond the end of a picture, so an array of numpy is not enough.
    """

    def __init__(self) -> None:
        self._frame: Any = None

    def filled(self, rows: Pixels, layout: str) -> Any:
        """The `av.VideoFrame` with (H, W, 3) or (H, W, 4) bytes of a ``layout`` such as
        ``"bgra"``, of any strides."""
        height, width, channels = rows.shape
        wanted = (height, width, layout)
        frame = self._frame
        if frame is None or (frame.height, frame.width, frame.format.name) != wanted:
            frame = self._frame = av.VideoFrame(width, height, layout)
        plane = frame.planes[0]
        room = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        np.copyto(room[:height, : width * channels].reshape(height, width, channels), rows)
        return frame


class SentPictures:
    """What another program sends, as pictures. FFmpeg drops a fourth byte that means nothing within
    0.3 ms at 1280x720; numpy needs 5."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted, self._frame = wanted, ByteFrame()

    def pixels(self, rows: Pixels, layout: str, *, opaque: bool = False) -> Pixels:
        """(H, W, 3) or (H, W, 4) bytes of a ``layout`` such as ``"bgra"``, any strides, as a new
        array: see `as_pixels`. ``opaque`` says that the fourth byte means nothing."""
        frame = self._frame.filled(rows, layout)
        made = as_pixels(frame, self._wanted, opaque=opaque)
        plane = np.frombuffer(frame.planes[0], np.uint8)
        return made.copy() if np.may_share_memory(made, plane) else made


def as_pixels(frame: Any, wanted: Wanted, aspect: float = 1.0, *, opaque: bool = False) -> Pixels:
    """An `av.VideoFrame` as (H, W, 3) RGB bytes, or (H, W, 4) where it has transparency.

    It is scaled to cover the canvas (never enlarged) and turned as its display matrix says.
    ``aspect`` is the width of one of its pixels over its height: those of a DVD are not square.
    ``opaque`` leaves its transparency out.
    """
    matrix = display_matrix(frame)
    turned = lies(matrix)
    width = max(1, round(frame.width * aspect))
    size = (width, frame.height) if turned else (frame.height, width)
    height, width = wanted.size_for(*size)
    if turned:
        height, width = width, height
    alpha = not opaque and any(component.is_alpha for component in frame.format.components)
    shrinks = height < frame.height or width < frame.width
    source = None
    if frame.colorspace == UNSPECIFIED and not frame.format.is_rgb:
        source = Colorspace.ITU709 if frame.height >= HD else Colorspace.ITU601
    scaled = frame.reformat(
        width=width,
        height=height,
        format="rgba" if alpha else "rgb24",
        src_colorspace=source,
        interpolation="AREA" if shrinks else "BILINEAR",
    ).to_ndarray()
    return np.ascontiguousarray(upright(scaled, matrix))
