"""Films that follow the music: a bank that changes with the bars, one that a kick starts over.

Put your own into clips/ beside this file. What is missing shows a test card until it is there.
"""

from livegan.live import *

sound = listen()

bank  = film(choose("clips/one.mp4", "clips/two.mp4", bars=4), speed=1 + sound.low)
hit   = film("clips/hit.mp4", loop=False, start=sound.kick)
scrub = film("clips/one.mp4", position=lfo(bars=4, shape="triangle"))

city   = model("city",   bank.blend(encode.timeline(sound), 0.3))
nebula = model("nebula", scrub.edges())

show(city.screen(nebula, 0.5).blend(hit, 0.6 * sound.kick.fall(0.4)))
