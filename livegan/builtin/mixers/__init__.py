"""The built-in mixers: pictures to picture, float32 (3, H, W), 0..1 in and out.

Importing them does not import torch, so that a set is read in milliseconds.
"""

from __future__ import annotations

from livegan.builtin.mixers import arrangement, blending, colour, detail, geometry, memory
from livegan.plugin import RegisterOperation, hookimpl


@hookimpl
def register_mixers(register: RegisterOperation) -> None:
    """Offer the built-in mixers."""
    register(blending.mix, aliases=("blend", "crossfade"))
    register(blending.add)
    register(blending.multiply, aliases=("mult",))
    register(blending.screen)
    register(blending.difference, aliases=("diff",))
    register(blending.lighten, aliases=("max",))
    register(blending.darken, aliases=("min",))
    register(blending.mask)
    register(arrangement.grid)
    register(arrangement.tile)
    register(arrangement.beside)
    register(arrangement.stack)
    register(arrangement.inset, aliases=("pip",))
    register(arrangement.fit)
    register(arrangement.split)
    register(arrangement.switch)
    register(geometry.scale, aliases=("zoom",))
    register(geometry.rotate)
    register(geometry.shift)
    register(geometry.mirror)
    register(geometry.kaleid)
    register(geometry.displace, aliases=("modulate",))
    register(detail.blur)
    register(detail.pixelate)
    register(detail.edges)
    register(detail.paint)
    register(colour.hue)
    register(colour.saturation, aliases=("saturate",))
    register(colour.contrast)
    register(colour.brightness)
    register(colour.invert)
    register(colour.luma, aliases=("grey",))
    register(colour.threshold)
    register(colour.posterize)
    register(colour.tint, aliases=("colorize",))
    register(memory.Feedback, name="feedback")
    register(memory.Smooth, name="smooth")
    register(memory.Deflicker, name="deflicker", aliases=("steady",))
