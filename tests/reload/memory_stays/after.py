from livegan.live import *

sound = listen()
a = encode.waveform(sound).smooth(1.0)
show(a.invert())
