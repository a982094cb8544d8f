from livegan.live import *

sound = listen()
wave = encode.waveform(sound)
scroll = encode.timeline(sound, seconds=5)
a = model("stone", scroll)
b = model("water", wave.blur(4))
show(grid(a, b))
