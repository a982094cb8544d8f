"""A face becomes a painting: a camera through two models, each repainting what the other saw.

Play it without a camera: livegan perform sets/camera.py --with camera=clip.mp4
"""

from livegan.live import *

sound = listen()

cam   = camera(mirror=True)                      # the first camera; camera("FaceTime") is one by name
lines = cam.edges(1.5).brightness(0.15 * sound.kick)

city  = model("city",   cam.blend(encode.levels(sound), 0.25))
ocean = model("ocean",  lines.blend(prev("city"), 0.4 * sound.low))

face = city.blend(ocean, lfo(bars=8)).blend(cam, 0.25 + 0.5 * sound.kick.fall(0.3))

show(face)
