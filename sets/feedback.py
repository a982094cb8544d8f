"""Feedback: what a network painted comes back, turned and zoomed, as its next condition."""

from livegan.live import *

sound = listen()

trail = encode.levels_timeline(sound)
scroll = encode.timeline(sound)

# The nebula sees what the ocean painted a frame ago, and the ocean what the nebula painted.
a = model("nebula", prev("d").blend(scroll, 0.55 + 0.4 * sound.kick))
d = model("ocean",  prev("a").rotate(lfo(bars=8, low=-0.05, high=0.05)).blend(trail, 0.6))

# prev() is what was shown: a slow zoom that the music keeps feeding.
echo = prev().scale(1.015 + 0.03 * sound.low).rotate(0.002).hue(0.004)

show(echo.blend(a.screen(d, 0.8), 0.25 + 0.5 * sound.onset))
