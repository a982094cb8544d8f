"""What is heard at one moment, as the attributes of a `livegan.sound.history.Sound`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from livegan.sound.features import INDEX, Rows

if TYPE_CHECKING:
    from livegan.sound.hearing.tone import Past


class FeatureValues:
    """The features of the newest hop, and what is worked out only where somebody asks for it."""

    def __init__(self) -> None:
        self._latest: Rows | None = None
        self._pitch: float | None = None
        self._harmonic: float | None = None

    def _row(self) -> Rows:
        """(F,), the features of the newest hop."""
        raise NotImplementedError

    def _value(self, name: str) -> float:
        if self._latest is None:
            self._latest = self._row()
        return float(self._latest[INDEX[name]])

    @property
    def level(self) -> float:
        """Loudness with slow automatic gain, 0..1."""
        return self._value("level")

    @property
    def low(self) -> float:
        """Loudness of the bass, 0..1."""
        return self._value("low")

    @property
    def mid(self) -> float:
        """Loudness of the middle, 0..1."""
        return self._value("mid")

    @property
    def high(self) -> float:
        """Loudness of the treble, 0..1."""
        return self._value("high")

    @property
    def kick(self) -> float:
        """1 when a kick drum strikes, falling in about 150 ms."""
        return self._value("kick")

    @property
    def snare(self) -> float:
        """1 when a snare drum strikes, falling in about 150 ms."""
        return self._value("snare")

    @property
    def onset(self) -> float:
        """1 when any note begins, falling in about 150 ms."""
        return self._value("onset")

    @property
    def build(self) -> float:
        """How much of a rise the last seconds are, 0..1: not how loud they are."""
        return self._value("build")

    @property
    def drop(self) -> float:
        """Jumps to as much as 1 when bass comes back, falling to a tenth in two seconds."""
        return self._value("drop")

    @property
    def section(self) -> float:
        """How many times the music has changed since the show began."""
        return self._value("section")

    @property
    def pitch(self) -> float:
        """The pitch in Hz, 55 to 1760, where one is clear; otherwise 0."""
        if self._pitch is None:
            from livegan.sound.hearing.tone import pitch_of

            self._pitch = pitch_of(cast("Past", self))
        return self._pitch

    @property
    def note(self) -> float:
        """The pitch as a MIDI note with its fraction, 69 is A at 440 Hz; 0 where none is clear."""
        from livegan.sound.hearing.tone import note_of

        return note_of(self.pitch)

    @property
    def harmonic(self) -> float:
        """Share of what lasts in the sound, 0..1: near 1 for a chord, near 0 for drums alone."""
        if self._harmonic is None:
            from livegan.sound.hearing.tone import harmonic_of

            self._harmonic = harmonic_of(cast("Past", self))
        return self._harmonic

    @property
    def centroid(self) -> float:
        """Brightness: centre of the spectrum on a logarithmic scale, 0..1."""
        return self._value("centroid")

    @property
    def delay(self) -> float:
        """Seconds that livegan holds sound from a network back; 0 for a file or a device."""
        return self._value("delay")

    @property
    def jitter(self) -> float:
        """Seconds by which packets from a network come unevenly, on average (RFC 3550)."""
        return self._value("jitter")

    @property
    def lost(self) -> float:
        """Share of the last second of sound that did not come in time, 0..1."""
        return self._value("lost")

    @property
    def here(self) -> float:
        """1 while the source of the sound is there, else 0; always 1 for a recording."""
        return self._value("here")

    @property
    def bpm(self) -> float:
        """Tempo in beats a minute."""
        return self._value("bpm")

    @property
    def beats(self) -> float:
        """Beats since the show began, with their fraction."""
        return self._value("beats")
