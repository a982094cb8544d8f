from livegan.live import *

sound = listen()
scroll = encode.timeline(sound, seconds=5)
a = model("stone", scroll)
show(a)
