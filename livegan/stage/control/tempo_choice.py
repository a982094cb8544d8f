"""Who leads the beat: the tempo of --bpm, taps, the set, or the music. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livegan.sound.tempo_source import FixedTempo


@dataclass(frozen=True)
class TempoChoice:
    """What was asked for so far. Immutable: `hear` gives the next one."""

    given: float | None = None
    """``--bpm``, or what the performer gave since: it leads, but for taps."""
    said: float | None = None
    """What the set on the air says; None follows the music."""

    def hear(self, said: float | None) -> tuple[TempoChoice, bool, str]:
        """A program goes on the air whose set says this tempo: what follows, whether the set's
        tempo leads from now on (or the music again, if it is None), and a line for the performer.

        A set that says what the one before it said changes nothing, so taps stand.
        """
        if said is not None:
            try:
                FixedTempo(said)
            except ValueError as error:
                return self, False, str(error)
        if said == self.said:
            return self, False, ""
        after = replace(self, said=said)
        if self.given is None:
            return after, True, ""
        if said is None or said == self.given:
            return after, False, ""
        return after, False, f"the tempo stays at {self.given:g} bpm: the set asks for {said:g}"

    def give(self, bpm: float | None) -> tuple[TempoChoice, FixedTempo | None]:
        """The performer fixes the tempo, or lets go of it with None: what follows, and what leads
        the beat now, None being the music.

        Raises ValueError for a tempo that cannot be.
        """
        leads = self.said if bpm is None else bpm
        return replace(self, given=bpm), None if leads is None else FixedTempo(leads)
