"""Shaders beside models: a generator, a filter and a transition, all of them ISF files.

They lie in sets/shaders/. Save one of them while the set plays: it is compiled beside what plays,
and goes on the air at the next bar. A mistake is refused with the line of the shader.
"""

from livegan.live import *

sound = listen()

# A generator takes no picture. Its sound input is fed from what the show hears.
wheel = shader("shaders/spokes.fs", arms=6, twist=1 + 4 * sound.low, inside="gold")

# A filter takes one. What the file calls its inputs are keywords, and each takes a signal.
levels = encode.levels_timeline(sound, seconds=4)
folded = shader("shaders/kaleido.fs", wheel.add(levels, 0.7), sides=5, angle=lfo(bars=8, shape="saw"),
                trails=0.5 + 0.4 * sound.level)

# A transition takes two and progress. A shader's picture feeds a model like any other.
city = model("city", folded)
show(shader("shaders/iris.fs", folded, city, progress=lfo(bars=4), glow=sound.kick))
