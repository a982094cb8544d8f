from livegan.live import *

sound = listen()

POWER = 3

@encoder
def bars(sound, *, size, gain=param(1.0, 0, 4, "height")):
    """Loudness as bars."""
    return skyline(sound.peaks(size[1], 4.0) ** POWER * gain, size)

a = model("stone", bars(sound, gain=1.5))
show(a)
