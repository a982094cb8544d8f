"""Steadiness: what boils stands still, and a kick is still answered at once."""

from livegan.live import *

sound = listen()

scroll = encode.timeline(sound)
wave = encode.waveform(sound)

# Small changes are averaged over time, large ones pass.
a = model("nebula", scroll).deflicker(0.3)

# Larger ones are held too, and let go while something is struck.
b = model("corridor", wave).deflicker(0.3 * (1 - sound.onset), threshold=0.25)

show(a.screen(b, 0.7))
