"""The safe set: no model to load, little to draw, and always something to see.

Key p puts it on the air at once, whatever became of the set that played; --safe names another.
"""

from livegan.live import *

settings(dissolve=0.3)

sound = listen()

scroll = encode.timeline(sound, seconds=10)
wave = encode.waveform(sound, thick=4)

# Two slow colours that are there in silence too; the wave is laid over them and drifts outwards.
haze = scroll.blur(24).contrast(0.7)
warm = haze.tint(lfo(bars=16, low=0.78, high=1.05))
cold = haze.tint(lfo(bars=24, low=0.45, high=0.65))
rays = wave.kaleid(8, turn=lfo(bars=32)).contrast(1.4)

ground = warm.split(cold, 0.5, turn=lfo(bars=16, shape="saw"), soft=1.0)

show(ground.screen(rays, 0.5).feedback(prev(), amount=0.7, zoom=1.04, turn=0.001))
