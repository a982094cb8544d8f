"""The tempo of a show: who leads the beat is decided in `tempo_choice`, and done here."""

from __future__ import annotations

from collections.abc import Callable

from livegan.sound.inputs.listening import Listening
from livegan.sound.tempo_source import FixedTempo
from livegan.stage.control.tempo_choice import TempoChoice


class Leading:
    """Lets the set, or the performer, lead the beat."""

    def __init__(
        self, listening: Listening, given: float | None, note: Callable[[str], None]
    ) -> None:
        """``given`` is the tempo of ``--bpm``."""
        self._listening, self._note = listening, note
        self._choice = TempoChoice(given)

    def hear(self, bpm: float | None, beats_per_bar: int) -> None:
        """The set on the air says what tempo and bars it has."""
        self._listening.set_bar(beats_per_bar)
        self._choice, leads, line = self._choice.hear(bpm)
        if leads:
            self._listening.lead(None if bpm is None else FixedTempo(bpm))
        if line:
            self._note(line)

    def give(self, bpm: float | None) -> None:
        """The performer fixes the tempo, or lets go of it. Raises ValueError if it cannot be."""
        self._choice, leads = self._choice.give(bpm)
        self._listening.lead(leads)
