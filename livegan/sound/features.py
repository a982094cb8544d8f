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
)
"""One column of a feature row each; see `livegan.sound.hearing.analysis` for ranges. The last four
are not heard but known of the way that the sound takes: see `livegan.sound.network.packet.Line`."""

LINE = slice(10, 14)
"""The columns of the way."""
NO_LINE = (0.0, 0.0, 0.0, 1.0)
"""Their values for sound that comes over none: a file, a device, a patch."""

INDEX: dict[str, int] = {name: column for column, name in enumerate(FEATURES)}
"""Column of each name."""

Rows = NDArray[np.float64]
"""(n, F), a row a hop. Only ``beats`` needs float64: after hours the float32 next to it is a good
part of a frame away. The others are float32 values, as encoders are given them."""
