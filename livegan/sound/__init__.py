"""Sound: where it comes from, its last minute, and what is heard in it.

A show has one clock, and it is the sound: `RATE` samples a second, analysed every `HOP` samples.
"""

RATE = 48000
"""Samples a second, everywhere inside livegan."""

HOP = 480
"""Samples of one analysis hop: 10 ms."""
