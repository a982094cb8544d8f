"""The sound, as a set names it: what encoders are given, and the signals that are heard."""

from __future__ import annotations

from livegan.graph.place import NoSuchWord
from livegan.graph.signal import Signal
from livegan.plugin.closest import suggestion

FEATURES = {
    "level": "loudness, 0..1",
    "low": "loudness below 150 Hz, 0..1",
    "mid": "loudness of the middle frequencies, 0..1",
    "high": "loudness of the high frequencies, 0..1",
    "centroid": "how bright the sound is, 0..1",
    "onset": "jumps at an attack and falls, 0..1",
    "kick": "jumps at a kick drum and falls, 0..1",
    "snare": "jumps at a snare drum and falls, 0..1",
    "bpm": "tempo, in beats per minute",
    "beats": "beats since the show began, with the fraction",
}
"""What ``sound.`` offers in a set: a signal each."""

CLOCKS = ("bpm", "beats")
"""Those that a fixed tempo decides, where there is one, and else the sound."""


class SoundHandle:
    """What the stage hears, in a set: goes into encoders, and its attributes are signals."""

    def __getattr__(self, name: str) -> Signal:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in CLOCKS:
            return Signal(name)
        if name in FEATURES:
            return Signal("feature", name)
        raise NoSuchWord(f"the sound has no {name!r}" + suggestion(name, FEATURES))

    def __repr__(self) -> str:
        return "sound"


SOUND = SoundHandle()
