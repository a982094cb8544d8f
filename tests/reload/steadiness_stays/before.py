from livegan.live import *

sound = listen()
a = encode.waveform(sound).deflicker(0.5)
show(a)
