"""The safe set: no model to load, little to draw, and always something to see.

Key p puts it on the air at once, whatever became of the set that played; --safe names another.
"""

from livegan.live import *

settings(dissolve=0.3)

sound = listen()

scroll = encode.timeline(sound, seconds=10)
wave = encode.waveform(sound, thick=4)

# Slow colours that are there in silence too; the wave is laid over them and drifts outwards.
ground = scroll.blur(48).tint(lfo(bars=16, low=0.5, high=0.95)).contrast(0.5).brightness(-0.1)
rays = wave.kaleid(8, turn=lfo(bars=32)).tint(lfo(bars=12, low=0.05, high=0.65))

show(ground.screen(rays, 0.6).feedback(prev(), amount=0.85, zoom=1.02, turn=0.001))
