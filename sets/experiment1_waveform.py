"""Experiment 1: the raw wave. What a loudspeaker does right now becomes a corridor."""

from livegan.live import *

wave = encode.waveform(listen())

corridor = model("corridor", wave)

show(corridor)                                   # try show(grid(wave, corridor))
