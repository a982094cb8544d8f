from livegan.live import *


def bent(heights):
    return heights **


@encoder
def bars(sound, *, size, gain=param(1.0, 0, 4, "height")):
    """Loudness as bars."""
    return skyline(bent(sound.peaks(size[1], 4.0)) * gain, size)
