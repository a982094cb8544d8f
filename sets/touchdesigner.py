"""TouchDesigner draws the condition, a network paints it, and the picture goes back.

In TouchDesigner, an NDI Out TOP called "TouchDesigner" sends, and an NDI In TOP receives "livegan":
docs/touchdesigner.md. Without it, the set plays a condition of its own.

Rehearse it with a film in place of TouchDesigner: --with ndi_in=clip.mp4
"""

from livegan.live import *

sound = listen()

own  = encode.levels_timeline(sound)
td   = ndi_in("TouchDesigner", away=own)
city = model("city", td.blend(own, 0.2 * sound.kick))

show(city.brightness(0.1 * sound.low), ndi="livegan")
