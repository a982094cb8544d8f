from livegan.live import *

sound = listen()
wave = encode.waveform(sound)
scroll = encode.timeline(sound, seconds=5)
a = model("stone", scroll.blend(encode.levels(sound), 0.5))
b = model("water", wave.blur(4))
show(grid(a, b))
