"""Wrong on purpose: each network is given a picture of sound that it was not trained on."""

from livegan.live import *

settings(swap="2 bars", dissolve=1.0)

sound = listen()

wave   = encode.waveform(sound)
scroll = encode.timeline(sound)
levels = encode.levels(sound)
trail  = encode.levels_timeline(sound)

a = model("nebula",   mix(levels, wave, amount=sound.low))
b = model("corridor", scroll.blend(trail, lfo(bars=8)))
c = model("city",     wave.hue(lfo(bars=16)))
d = model("ocean",    levels.difference(scroll, 0.7))

# One network at a time, the next every two bars; the kick tears a hole through which another shows.
here  = switch(a, b, c, d, beats=8, fade=0.25)
there = switch(c, d, a, b, beats=8, fade=0.25)
show(here.mask(there, by=wave.threshold(0.75 - 0.2 * sound.kick, 0.2)))
