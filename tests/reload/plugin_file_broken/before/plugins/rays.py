import numpy as np

from livegan.plugin import hookimpl, param


def rays(sound, *, size, gain=param(1.0, 0, 4, "brightness")):
    """Loudness as rays."""
    return np.tile(sound.peaks(size[1], 4.0)[None] * gain, (size[0], 1))


@hookimpl
def register_encoders(register):
    register(rays)
