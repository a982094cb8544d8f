"""The built-in encoders: sound to picture.

Each is a function of the sound's past and of its parameters, drawn with numpy at the size it is
asked for, as float32 (3, H, W), 0..1.  The trained models depend on how the four of them that
started it all (`waveform`, `timeline`, `levels`, `levels_timeline`) look: to draw something else,
add an encoder.
"""

from __future__ import annotations

from livegan.builtin.encoders.chroma import chroma
from livegan.builtin.encoders.levels import levels
from livegan.builtin.encoders.levels_timeline import levels_timeline
from livegan.builtin.encoders.spectrum import spectrum
from livegan.builtin.encoders.timeline import timeline
from livegan.builtin.encoders.waveform import waveform
from livegan.plugin import RegisterOperation, hookimpl

__all__ = [
    "chroma",
    "levels",
    "levels_timeline",
    "register_encoders",
    "spectrum",
    "timeline",
    "waveform",
]

ENCODERS = (waveform, timeline, levels, levels_timeline, spectrum, chroma)

for _encoder in ENCODERS:
    # Each holds its picture inside 0..1 itself.
    setattr(_encoder, "in_range", True)  # noqa: B010

BEFORE = {
    waveform: "87e4b7798419660fe4acb6b185a09e77748e31682535c618461abdadb31c9a2e",
    timeline: "3fe8d41e27a8152fa58f8b0d9c10c9679eef8b589a5d365ce71599477e934a8f",
    levels: "fa406ea93ae7ba8ca2fb3bd64fe9cbc801349e45e9939e89d511d52e4075df31",
    levels_timeline: "0e1f557c535128e9758c067bf2153da0d7f5477d8a4ba532a52d62aa1472d00a",
}
"""The versions that drew with numpy: the same pictures but for the last bits of a number."""

for _encoder, _digest in BEFORE.items():
    setattr(_encoder, "drawn_alike", (_digest,))  # noqa: B010


@hookimpl
def register_encoders(register: RegisterOperation) -> None:
    """Offer the built-in encoders."""
    for encoder in ENCODERS:
        register(encoder)
