"""Sounds, as a set names them: what encoders are given, and the signals that are heard in them.

A set has several sounds. ``listen()`` is the show's, ``listen("drums")`` a named input; a word of
the language may offer more kinds as subclasses of `SoundHandle`. Each has a ``key``, which is all
that the rest of livegan knows of it:

* A node that listens has the handle among its ``inputs`` (`livegan.graph.picture.Picture.sounds`),
  a signal among its ``args``; what a handle is called there is its ``repr``, so equal keys are
  equal signals.
* A set's handles are in ``Graph.sounds`` by key: `declared` puts one there.
* In a frame `livegan.graph.signals.reading.Reading.heard(handle)` is the
  `livegan.sound.history.Sound`. The engine keeps a ``Hearing`` for each key, over edits
  (`livegan.engine.program.hearings.Hearings`), and asks a `Sounds` of
  `livegan.engine.program.hearings` for the history of the key: in a show that is the sound ring
  `livegan.ipc.sound_ring.ring_of(main ring, key)`, whoever writes it; it may come and go.
"""

from __future__ import annotations

import re
from contextvars import ContextVar

from livegan.graph.place import NoSuchWord, Place, SetError, here
from livegan.graph.signals.signal import Signal
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
    "harmonic": "share of tones: near 1 for a chord, near 0 for drums alone, 0..1",
    "pitch": "the pitch in Hz where one is clear, else 0",
    "note": "the pitch as a note of MIDI (69 is A at 440 Hz) where one is clear, else 0",
    "build": "how much of a rise the last seconds are, however loud, 0..1",
    "drop": "jumps when the bass comes back after it was away, and falls in two seconds, 0..1",
    "section": "how many times the music has changed since the show began: 0, 1, 2...",
    "bpm": "tempo, in beats per minute",
    "beats": "beats since the show began, with the fraction",
    "delay": "seconds that livegan holds sound from a network back, else 0",
    "jitter": "seconds by which its packets come unevenly, on average, else 0",
    "lost": "share of the last second of sound that did not come in time, 0..1",
    "here": "1 while the source of the sound is there, else 0",
}
"""What ``sound.`` offers in a set: a signal each."""

CLOCKS = ("bpm", "beats")
"""Those that a fixed tempo decides, where there is one, and else the sound of the show."""

BAND_HZ = (20, 20000)
"""Between which frequencies a ``band`` lies: as in `livegan.sound.band`."""

NAME = re.compile(r"[\w-]{1,40}")
"""What an input of a show can be called."""


SOUNDS: ContextVar[dict[str, SoundHandle] | None] = ContextVar("livegan_sounds", default=None)
"""The sounds that the set being read has named, by key."""


class SoundHandle:
    """A sound, in a set: goes into encoders, and its attributes are signals."""

    def __init__(self, key: str = "", title: str = "sound") -> None:
        self.key = key
        """By which the show knows it; empty is the show's own sound."""
        self.title = title
        """What kind of sound it is."""
        self.place: Place | None = here()

    @property
    def heard(self) -> tuple[SoundHandle, ...]:
        """As the argument of a signal: nothing for the show's own sound."""
        return (self,) if self.key else ()

    def band(self, low: float, high: float) -> Signal:
        """Loudness between two frequencies in Hz, 0..1, scaled like ``low``, ``mid`` and ``high``:
        ``sound.band(200, 400)``."""
        for edge in (low, high):
            if isinstance(edge, Signal) or not isinstance(edge, (int, float)):
                raise SetError("band takes two fixed frequencies in Hz: sound.band(200, 400)")
        if not BAND_HZ[0] <= low < high <= BAND_HZ[1]:
            span = f"between {BAND_HZ[0]} and {BAND_HZ[1]} Hz"
            raise SetError(
                f"band goes from a lower to a higher frequency, {span}, got {low:g} and {high:g}"
            )
        return Signal("band", float(low), float(high), *self.heard)

    def __getattr__(self, name: str) -> Signal:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in CLOCKS:
            return Signal(name)
        if name in FEATURES:
            return Signal("feature", name, *self.heard)
        raise NoSuchWord(f"the sound has no {name!r}" + suggestion(name, FEATURES))

    def __repr__(self) -> str:
        return f"{self.title}:{self.key}" if self.key else self.title


SOUND = SoundHandle()
"""The show's own sound."""


def declared(handle: SoundHandle) -> SoundHandle:
    """Let the set that is read have a sound; that of an equal key, if it has named it before."""
    sounds = SOUNDS.get()
    return handle if sounds is None else sounds.setdefault(handle.key, handle)


def listen(name: str = "", /) -> SoundHandle:
    """The sound that the show hears. ``--audio`` on the command line chooses the source.

    ``listen("drums")`` is one input of several: ``--audio drums="USB Audio:1,2"``. While the show
    has no input of that name, it is silent.
    """
    if not isinstance(name, str):
        got = type(name).__name__
        raise SetError(f'listen takes the name of an input in quotes: listen("drums"), got {got}')
    if not name:
        return SOUND
    if NAME.fullmatch(name) is None:
        raise SetError(
            f"listen: the name of an input has letters, digits, - and _, got {name!r}; the show "
            'gives it a source: --audio drums="USB Audio:1,2"'
        )
    return declared(SoundHandle(name, "input"))
