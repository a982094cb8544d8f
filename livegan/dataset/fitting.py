"""A film's frame as a picture of a data set: scaled, upright, without the comb of fields."""

from __future__ import annotations

from typing import Any, Literal

import av
import numpy as np
import numpy.typing as npt

from livegan.dataset.bars import Bars
from livegan.orientation import display_matrix, lies, upright
from livegan.size import Size

Fit = Literal["crop", "pad", "stretch"]
FITS: tuple[Fit, ...] = ("crop", "pad", "stretch")
Crop = Literal["auto", "none"]
CROPS: tuple[Crop, ...] = ("auto", "none")
NO_BARS = Bars()
Pixels = npt.NDArray[np.uint8]


def fitted(frame: Any, size: Size, fit: Fit, aspect: float, bars: Bars = NO_BARS) -> Pixels:
    """An `av.VideoFrame` as (H, W, 3) RGB bytes of ``size``, as a player would show it.

    ``fit`` crops the middle, pads with black, or stretches what ``bars`` leave of it; ``aspect`` is
    the width of a pixel over its height.  The display matrix of films that were taken with a
    turned camera is applied.
    """
    across, down = 1 - bars.left - bars.right, 1 - bars.top - bars.bottom
    width, height = frame.width * aspect * across, frame.height * down
    matrix = display_matrix(frame)
    # What it is scaled to before it is turned upright.
    high, wide = size if not lies(matrix) else (size.width, size.height)
    if fit == "stretch":
        width_to, height_to = wide, high
    else:
        scale = (max if fit == "crop" else min)(wide / width, high / height)
        width_to, height_to = max(1, round(width * scale)), max(1, round(height * scale))
    whole: Pixels = without_comb(frame).to_ndarray(
        format="rgb24",
        width=max(width_to, round(width_to / across)),
        height=max(height_to, round(height_to / down)),
        interpolation="AREA",
    )
    top = min(round(bars.top * whole.shape[0]), whole.shape[0] - height_to)
    left = min(round(bars.left * whole.shape[1]), whole.shape[1] - width_to)
    scaled = whole[top : top + height_to, left : left + width_to]
    scaled = upright(scaled, matrix)
    height_to, width_to = scaled.shape[:2]
    if fit == "crop":
        top, left = (height_to - size.height) // 2, (width_to - size.width) // 2
        return np.ascontiguousarray(scaled[top : top + size.height, left : left + size.width])
    if scaled.shape[:2] == size:
        return np.ascontiguousarray(scaled)
    padded = np.zeros((*size, 3), np.uint8)
    top, left = (size.height - height_to) // 2, (size.width - width_to) // 2
    padded[top : top + height_to, left : left + width_to] = scaled
    return padded


def without_comb(frame: Any) -> Any:
    """The frame; or, where its two fields show different moments, only the first of them.

    Much that is marked as interlaced is not, and would lose half its lines for nothing, so it is
    looked at: between fields of different moments neighbouring lines differ more than next but one.
    """
    if not frame.interlaced_frame:
        return frame
    pixels = frame.to_ndarray(format="rgb24")
    lines = pixels[: len(pixels) // 4 * 4, :, 1].astype(np.int16)
    near = np.abs(lines[1:-1] - lines[2:]).clip(8, None)
    far = np.abs(lines[:-2] - lines[2:]).clip(8, None)
    combed = (near > 2 * far).mean() - (far > 2 * near).mean()
    if combed < 0.01:
        return frame
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels[::2]), format="rgb24")


def is_black(picture: Pixels) -> bool:
    """True for a frame without light: leaders, fades, the black between two shots."""
    return bool(picture.mean() < 6 and np.percentile(picture, 99.5) < 32)


def signature(picture: Pixels) -> npt.NDArray[np.float32]:
    """A (16, 16, 3) miniature, 0..1, to tell near-duplicates by their mean difference."""
    high, wide = picture.shape[0] // 16, picture.shape[1] // 16
    cells = picture[: 16 * high, : 16 * wide].reshape(16, high, 16, wide, 3)
    miniature: npt.NDArray[np.float32] = cells.mean((1, 3), dtype=np.float32) / np.float32(255)
    return miniature
