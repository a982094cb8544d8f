"""Leaves: an encoder, a mixer and a signal written in the set, in plain Python and numpy."""

import numpy as np

from livegan.live import *

sound = listen()


@encoder                                         # rewrite the representation mid-show
def spikes(sound, *, size, sharp=param(2.0, 0.5, 16, "exponent")):
    """Ten seconds of loudness as a skyline with its reflection."""
    height, width = size
    upper = skyline(sound.peaks(width, seconds=10) ** sharp, (height // 2, width))
    lower = upper[::-1] * 0.5
    return np.vstack([upper, lower])


@mixer
def scanlines(picture, *, now, every=param(6.0, 2, 64, "rows from line to line", unit="px"),
              dark=param(0.6, 0, 1, "how dark the lines are")):
    """Dark lines that creep down with the beat."""
    rows = np.arange(picture.shape[1], dtype=np.float32)[:, None]
    lines = (rows / every - now.beats) % 1.0 < 0.5
    return picture * picture.new_tensor(1.0 - dark * lines)


@signal
def pump(sound, *, now, depth=param(0.7, 0, 1, "how far it ducks")):
    """Ducks on every beat and comes back, harder when the bass is loud."""
    return 1.0 - depth * (1.0 - now.beat) ** 2 * (0.4 + 0.6 * sound.low)


city = model("city", spikes(sound, sharp=1.0 + 3.0 * sound.kick))

show(scanlines(city, every=8, dark=0.5 * pump(sound)))
