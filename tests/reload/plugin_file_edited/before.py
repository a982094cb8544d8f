from livegan.live import *

sound = listen()
a = model("stone", encode.rays(sound))
b = model("water", encode.waveform(sound))
show(grid(a, b))
