from livegan.live import *

sound = listen()
wave = encode.waveform(sound)
scroll = encode.timeline(sound, seconds=5)
left = model("stone", scroll)
right = model("water", wave.blur(4))
show(grid(left, right))
