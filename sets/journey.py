"""A journey: one place becomes another, what gets dense lets a second one in, then all four stand
side by side for two bars. Nothing to do but to listen; change a number and save to take part."""

from livegan.live import *

settings(swap="bar", dissolve=1.0)

sound = listen()

night = model("nebula",   encode.timeline(sound))
moth  = model("moth",     encode.levels(sound))
sea   = model("ocean",    encode.levels_timeline(sound))
hall  = model("corridor", encode.waveform(sound))

# One full picture: every eight bars the next place, over the last bar of them.
here  = switch(night, moth, sea, hall, beats=32, fade=0.12)
there = switch(moth, sea, hall, night, beats=32, fade=0.12)

# The denser the music, the more of what is bright in the next place shines into this one.
dense = density(sound, seconds=8).smooth(2)
place = here.mix(here.lighten(there), 0.2 + 0.7 * dense)

# The last two bars of every sixteen: all four at once.
crowd = choose(0, 0, 0, 0, 0, 0, 0, 1, bars=2, order="cycle")

show(switch(place, grid(night, moth, sea, hall), index=crowd.smooth(0.3)))
