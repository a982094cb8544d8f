from livegan.live import *

sound = listen()
scroll = encode.timeline(sound, seconds=5)
a = model("stone", scroll)
wave = encode.waveform(sound)
b = model("water", wave.blur(4))
show(grid(b, a))
