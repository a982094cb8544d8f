"""Leaves: an encoder, a mixer and a signal written in the set, in plain Python and numpy."""

import numpy as np

from livegan.live import *

sound = listen()

GOLD, SLATE = np.array([0.93, 0.83, 0.42], "f4"), np.array([0.30, 0.30, 0.36], "f4")


@encoder                                         # rewrite the representation mid-show
def spikes(sound, *, size, sharp=param(2.0, 0.5, 16, "exponent")):
    """Six seconds of loudness as a golden skyline and its reflection."""
    height, width = size
    half = skyline(sound.peaks(width, seconds=6) ** sharp, (height // 2, width))
    shape = np.vstack([half, half[::-1]])[..., None]
    return shape * GOLD + (1 - shape) * SLATE    # (H, W, 3), 0..1


@mixer
def scanlines(picture, *, now, rows=param(6.0, 2, 64, "from line to line", unit="px"),
              dark=param(0.6, 0, 1, "how dark the lines are")):
    """Dark lines that creep down with the beat."""
    height = picture.shape[1]                    # pixels are meant at a height of 512
    row = np.arange(height, dtype=np.float32)[:, None] * (512 / height)
    lines = (row / rows - now.beats) % 1.0 < 0.5
    return picture * picture.new_tensor(1.0 - dark * lines)


@signal
def pump(sound, *, now, depth=param(0.7, 0, 1, "how far it ducks")):
    """Ducks on every beat and comes back, harder when the bass is loud."""
    return 1.0 - depth * (1.0 - now.beat) ** 2 * (0.4 + 0.6 * sound.low)


nebula = model("nebula", spikes(sound, sharp=1.0 + 2.0 * sound.kick))

show(nebula.scanlines(rows=8, dark=0.6 - 0.5 * pump()).hue(-0.08 * sound.high))
