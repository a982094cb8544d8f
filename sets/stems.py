"""Stems: drums, bass, music and lead each play a part of the picture.

Give the show a sound for each, from a desk or from files:

    livegan perform sets/stems.py --audio drums="USB Audio:1,2" --audio lead="USB Audio:5"

    python -m livegan.demo.stems stems
    livegan rehearse sets/stems.py --audio drums=stems/drums.wav --audio lead=stems/lead.wav

An input that the show does not have is silent. With one sound alone the city plays.
"""

from livegan.live import *

sound = listen()                            # the sum of all inputs
drums, bass = listen("drums"), listen("bass")
music, lead = listen("music"), listen("lead")

city = model("city", encode.levels(sound))
line = encode.waveform(lead, gain=2)        # the lead draws a line
sky = encode.timeline(music, seconds=6)     # the music draws a sky

hit = highest(drums.kick, 0.6 * sound.kick)
wall = city.hue(0.2 * bass.level.smooth(0.2)).screen(sky.hue(0.6), 0.35)
show(wall.zoom(1 + 0.08 * hit).screen(line.hue(0.1), 0.8).feedback(prev(), 0.3))
