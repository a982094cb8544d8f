from livegan.live import *

sound = listen()
a = encode.waveform(sound).deflicker(0.5 * (1 - sound.onset), threshold=0.2)
show(a.invert())
