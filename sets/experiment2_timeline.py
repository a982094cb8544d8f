"""Experiment 2: ten seconds of sound at a glance, scrolling. The past becomes a nebula."""

from livegan.live import *

scroll = encode.timeline(listen(), seconds=10)   # seconds=3 makes it nervous

nebula = model("nebula", scroll)

show(nebula)
