"""An address as a QR code: for the terminal and for the window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BORDER = 2
"""Modules of white around it. The standard asks for four; phones read it with two."""


def modules_of(text: str) -> NDArray[np.bool_]:
    """The code as (N, N) bool with its border; True is dark."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return np.array([[bool(m) for m in row] for row in code.matrix_iter(border=BORDER)])


def lines_of(text: str) -> list[str]:
    """The code in letters, two modules a letter, to be printed black on white."""
    dark = modules_of(text)
    if len(dark) % 2:
        dark = np.vstack([dark, np.zeros((1, dark.shape[1]), bool)])
    letters = " ▄▀█"
    return [
        "".join(letters[2 * upper + lower] for upper, lower in zip(*pair, strict=True))
        for pair in zip(dark[::2].astype(int), dark[1::2].astype(int), strict=True)
    ]
