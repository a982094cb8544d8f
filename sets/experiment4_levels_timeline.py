"""Experiment 4: the four levels over ten seconds. The swell of the ocean is the music's."""

from livegan.live import *

trail = encode.levels_timeline(listen(), seconds=10)

ocean = model("ocean", trail)

show(ocean)
