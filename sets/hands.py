"""Hands: knobs, a pad, a MIDI fader, a gamepad and an OSC address play two models."""

from livegan.live import *

sound = listen()

warmth = knob("warmth", 0.0, -0.5, 0.5, "colour of the nebula")     # /knob/warmth
trails = knob("trails", 0.6, 0, 0.95, "how long pictures linger")   # /knob/trails
hit = pad("hit", fall=0.6)                                           # /pad/hit
fader = midi(cc=1)                                                   # the modulation wheel
stick = gamepad(axis=0)                                              # left and right
tilt = osc("/accxyz", arg=1, low=-1, high=1)                         # a phone

nebula = model("nebula", encode.timeline(sound, seconds=8))
wave = encode.waveform(sound, gain=1 + 2 * hit)

send("/low", sound.low, to="127.0.0.1:7000")                        # OSC out, to this machine

mixed = nebula.hue(warmth.smooth(0.1)).screen(wave, 0.3 + 0.7 * (fader | hit))
show(mixed.feedback(prev(), trails, turn=0.02 * (tilt + stick).smooth(0.2)))
