"""A track, heard as a show hears it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livegan.sound.features import INDEX
from livegan.sound.hearing.analysis import Analyzer
from livegan_cues.cues import HEARD, Cue
from livegan_cues.cues import cues as changes


def cues_of(
    samples: NDArray[np.float32], *, bpm: float | None = None, beats_per_bar: int = 4
) -> tuple[float, list[Cue]]:
    """(tempo in beats a minute, cues) of (n, 2) sound at 48 kHz; ``bpm`` fixes the tempo."""
    rows = Analyzer(bpm).feed(samples).astype(np.float64)
    if not len(rows):
        return bpm or 0.0, []
    count = rows[:, INDEX["beats"]] // beats_per_bar
    # The first hop of each bar; the hop before the first bar counts as one, too.
    first = np.flatnonzero(np.diff(count, prepend=count[0] - 1) > 0)
    features = {name: rows[:, INDEX[name]] for name in HEARD}
    heard = bpm or float(np.median(rows[:, INDEX["bpm"]]))
    return heard, changes(first / 100.0, features)
