"""``--monitor``: what comes over a network is played aloud as well."""

from __future__ import annotations

from livegan.sound.source import Note
from livegan.stage.control.audio_choice import AudioChoice
from livegan.stage.patch_guests.guests import PatchGuests


class Monitor:
    """Plays aloud what comes over a network. Not what a device hears: it may hear that."""

    def __init__(self, on: bool, audio: AudioChoice, patches: PatchGuests, note: Note) -> None:
        """``on`` is whether the performer wants it."""
        self._on = on
        self._audio, self._patches, self._note = audio, patches, note
        self._said = ""

    def look(self) -> None:
        """Play what is there now."""
        if not self._on:
            return
        afar = self._audio.from_afar
        self._patches.monitor(afar)
        missing = "" if afar else "--monitor plays sound from a network, and there is none"
        if missing and not self._said:
            self._note(missing)
        self._said = missing
