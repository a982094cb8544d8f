"""The names of the features of sound, in the order of their columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEATURES: tuple[str, ...] = (
    "level",
    "low",
    "mid",
    "high",
    "centroid",
    "onset",
    "kick",
    "snare",
    "bpm",
    "beats",
    "delay",
    "jitter",
    "lost",
    "here",
    "build",
    "drop",
    "section",
)
"""One column of a feature row each; see `livegan.sound.hearing.analysis` for ranges. New ones are
added at the end: older journals have fewer columns, see `widened`. Those of `LINE` are not heard
but known of the way that the sound takes: see `livegan.sound.network.packet.Line`."""

LINE = slice(10, 14)
"""The columns of the way."""
NO_LINE = (0.0, 0.0, 0.0, 1.0)
"""Their values for sound that comes over none: a file, a device, a patch."""

INDEX: dict[str, int] = {name: column for column, name in enumerate(FEATURES)}
"""Column of each name."""

FORM = slice(14, 17)
"""The columns of `livegan.sound.hearing.form`."""

Rows = NDArray[np.float64]
"""(n, F), a row a hop. Only ``beats`` needs float64: after hours the float32 next to it is a good
part of a frame away. The others are float32 values, as encoders are given them."""


def widened(rows: Rows) -> Rows:
    """Rows of an older version of livegan with all columns: those that it did not know are 0.

    Raises
    ------
    ValueError
        If they have more columns than there are: they are of a newer version.
    """
    missing = len(FEATURES) - rows.shape[1]
    if missing < 0:
        raise ValueError(f"features have {len(FEATURES)} columns, not {rows.shape[1]}")
    return np.pad(rows, ((0, 0), (0, missing)))
