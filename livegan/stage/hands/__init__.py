"""Hands on a show: OSC and MIDI, each received in a process of its own, and the take of it all."""
