"""Clocks from outside that lead the beat of a show: MIDI clock and Ableton Link."""
