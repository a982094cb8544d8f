from livegan.live import *

sound = listen()
wave = encode.waveform(sound)
scroll = encode.timeline(sound, seconds=5)
c = model("stone", scroll, key="left")
b = model("water", wave.blur(4), key="right")
show(grid(c, b))
