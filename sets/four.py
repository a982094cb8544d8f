"""Four networks paint what is heard. Change a number, save, and wait for the bar."""

from livegan.live import *

settings(swap="bar", dissolve=0.5)

sound = listen()                                 # what the stage hears

wave   = encode.waveform(sound)                  # the four pictures of sound that started it all
scroll = encode.timeline(sound, seconds=10)
levels = encode.levels(sound)
trail  = encode.levels_timeline(sound, seconds=10)

a = model("nebula",   scroll)
b = model("corridor", wave)
c = model("city",     levels)
d = model("ocean",    trail)

show(grid(a, b, c, d))
