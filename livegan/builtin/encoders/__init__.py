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


@hookimpl
def register_encoders(register: RegisterOperation) -> None:
    """Offer the built-in encoders."""
    for encoder in (waveform, timeline, levels, levels_timeline, spectrum, chroma):
        register(encoder)
