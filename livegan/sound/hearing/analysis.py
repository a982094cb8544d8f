"""What is heard, ten milliseconds at a time: loudness, colour, attacks, drums, tempo.

Causal, and the same to the bit however the sound was cut into blocks: whole hops are taken one by
one, and what is left over waits for the next block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, FORM, INDEX, LINE, NO_LINE, Rows
from livegan.sound.hearing.bands import Array, Spectrum
from livegan.sound.hearing.drums import Drums
from livegan.sound.hearing.form import Course
from livegan.sound.hearing.loudness import Loudness
from livegan.sound.hearing.onsets import Envelope, Onsets
from livegan.sound.hearing.tempo import Tempo
from livegan.sound.tempo_source import TempoSource

__all__ = ["FEATURES", "Analyzer", "Event"]

_HOP_S = HOP / RATE
_BEATS = INDEX["beats"]
_HEARD = np.r_[: LINE.start, FORM]
_KICK_WEIGHT = 0.6  # of a bass drum among the onsets that make the tempo


@dataclass(frozen=True)
class Event:
    """Something that was struck.

    ``time_s`` is the estimated attack, ``reported_s`` the end of the hop in which it was known
    (at most 50 ms later), ``strength`` 0..1.
    """

    kind: Literal["kick", "snare", "onset"]
    time_s: float
    reported_s: float
    strength: float


class Analyzer:
    """Analysis of a running sound.

    Parameters
    ----------
    bpm : fixes the tempo; None follows the sound.
    struck : called with each kick, snare and onset, in the order in which they are known.

    Attributes
    ----------
    hops : whole hops analysed so far.
    lookahead : seconds by which ``beats`` run ahead of the sound, for a projector that is late.
    """

    def __init__(
        self, bpm: float | None = None, struck: Callable[[Event], None] = lambda event: None
    ) -> None:
        self.hops = 0
        self.lookahead = 0.0
        self._beats = 0.0
        self._struck = struck
        self._rest = np.zeros((0, 2), np.float32)
        self._spectrum = Spectrum()
        self._loudness = Loudness()
        self._onsets = Onsets()
        self._form = Course()
        self._drums = Drums()
        self._tempo = Tempo(bpm)
        self._envelopes = (Envelope(), Envelope(), Envelope())

    @property
    def bpm(self) -> float | None:
        """The tempo now.  Set a number to fix it, None to follow the sound again."""
        return self._tempo.bpm

    @bpm.setter
    def bpm(self, bpm: float | None) -> None:
        self._tempo.fix(bpm)

    def lead(self, source: TempoSource | None, hears: bool = True) -> None:
        """Let a source lead the beat, or follow sound and taps again with None: taps alone if
        it is not to be heard (``hears=False``)."""
        self._tempo.lead(source)
        self._tempo.hears = hears

    @property
    def tapped(self) -> bool:
        """Whether taps set the tempo last."""
        return self._tempo.tapped

    @property
    def beats_per_bar(self) -> int:
        """How many beats a bar of the music has."""
        return self._tempo.beats_per_bar

    @beats_per_bar.setter
    def beats_per_bar(self, beats: int) -> None:
        self._tempo.beats_per_bar = beats

    def tap(self, time_s: float | None = None) -> None:
        """Tap the tempo, at a show time or now; see :meth:`Tempo.tap`."""
        self._tempo.tap(time_s)

    def feed(self, block: Array) -> Rows:
        """Analyse more sound.

        Parameters
        ----------
        block : (m, 2) float32 at 48 kHz, any m.

        Returns
        -------
        (n, len(FEATURES)) float64, a row for every hop that is now whole: ``beats`` is precise
        however long the show, the others are rounded to float32.

        Raises
        ------
        ValueError
            If the block has another shape.
        """
        block = np.asarray(block, np.float32)
        if block.ndim != 2 or block.shape[1] != 2:
            raise ValueError(f"a block of sound is (m, 2), not {block.shape}: give both channels")
        if len(self._rest):
            block = np.concatenate([self._rest, block])
        count = len(block) // HOP
        rows: Rows = np.empty((count, len(FEATURES)))
        for i in range(count):
            heard = self._step(block[i * HOP : (i + 1) * HOP])
            rows[i, _HEARD] = np.asarray(heard, np.float32)
            rows[i, _BEATS] = heard[_BEATS]
        rows[:, LINE] = NO_LINE
        self._rest = block[count * HOP :].copy()
        return rows

    def _step(self, hop: Array) -> tuple[float, ...]:
        # A NaN from a broken source would stay in every average for good.
        hop = np.nan_to_num(hop, nan=0.0, posinf=1.0, neginf=-1.0)
        frame = self._spectrum.step(np.clip(hop, -8.0, 8.0))
        self.hops += 1
        now = self.hops * _HOP_S
        loudness = self._loudness.step(frame)
        onset = self._onsets.step(frame)
        kick, snare = self._drums.step(frame)
        values = []
        for kind, found, envelope in zip(
            ("onset", "kick", "snare"), (onset, kick, snare), self._envelopes, strict=True
        ):
            strength = 0.0
            if found is not None:
                strength, age = found
                time_s = max(0.0, now - age)
                self._struck(Event(kind, time_s, now, strength))  # type: ignore[arg-type]
            values.append(envelope.step(strength))
        struck = _KICK_WEIGHT * kick[0] if kick else 0.0
        self._tempo.step(self._onsets.flux + struck, snare[0] if snare else 0.0)
        bpm = self._tempo.bpm
        # Never back, where the lookahead or the tempo becomes less.
        self._beats = max(self._beats, self._tempo.beats + self.lookahead * bpm / 60.0)
        form = self._form.step(frame, self._onsets.flux)
        return (*loudness, *values, bpm, self._beats, *form)
