"""A decoded frame as bytes: scaled to what is needed, upright, in RGB of the right matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from av.video.reformatter import Colorspace

from livegan.orientation import display_matrix, lies, upright
from livegan.picture_sources.source import Pixels, Wanted

UNSPECIFIED = 2
HD = 720
"""Lines from which a film that names no matrix is meant in that of BT.709, as players assume."""


def as_pixels(frame: Any, wanted: Wanted, aspect: float = 1.0) -> Pixels:
    """An `av.VideoFrame` as (H, W, 3) RGB bytes, or (H, W, 4) where it has transparency.

    It is scaled to cover the canvas (never enlarged) and turned as its display matrix says.
    ``aspect`` is the width of one of its pixels over its height: those of a DVD are not square.
    """
    matrix = display_matrix(frame)
    turned = lies(matrix)
    width = max(1, round(frame.width * aspect))
    size = (width, frame.height) if turned else (frame.height, width)
    height, width = wanted.size_for(*size)
    if turned:
        height, width = width, height
    alpha = any(component.is_alpha for component in frame.format.components)
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
