from livegan.live import *

sound = listen()
wave = encode.waveform(sound)
scroll = encode.timeline(sound, seconds=5)
slots = []
for name, condition in (("stone", scroll), ("water", wave.blur(4))):
    slots.append(model(name, condition))
show(grid(*slots))
