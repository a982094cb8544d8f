"""Experiment 3: four levels, low, mid, high and kick. The city lights up with them."""

from livegan.live import *

sound = listen()

city = model("city", encode.levels(sound))

show(city.brightness(0.12 * sound.kick))         # a little help for the kick
