from livegan.live import *
import shapes

sound = listen()
a = model("stone", shapes.bars(sound, gain=2))
b = model("water", encode.waveform(sound))
show(grid(a, b))
