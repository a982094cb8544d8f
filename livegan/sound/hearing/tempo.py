"""Tempo and beats, heard as they come.

The strength of onsets over the last eight seconds is compared with itself, shifted by one to four
beats of every tempo (a comb over the autocorrelation: Davies and Plumbley, "Context-Dependent Beat
Tracking of Musical Audio", IEEE TASLP 2007); the winner's beat is where onsets fall when the same
seconds are folded at its period.  An oscillator follows both gently: its count never goes back,
and runs on through silence.
"""

from __future__ import annotations

import math

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import Array
from livegan.sound.tempo_source import FixedTempo, Led, TempoSource, led

_HOP_S = HOP / RATE
_MEMORY = 800  # hops of onset strength that are looked at
_EVERY = 10  # hops between looks
_LOW_BPM, _HIGH_BPM = 58.0, 192.0
_PREFERRED_BPM, _SPREAD_OCTAVES = 115.0, 0.65
_BACKBEAT = 0.6
_PHASES = 48


class Tempo:
    """:meth:`step` takes the strength of onsets of a hop; then read ``bpm`` and ``beats``.

    Parameters
    ----------
    bpm : fixes the tempo: then ``beats`` is ``time * bpm / 60``.
    """

    def __init__(self, bpm: float | None = None) -> None:
        self._strength = np.zeros(_MEMORY, np.float32)
        self._snares = np.zeros(_MEMORY, np.float32)
        self._grid = _LOW_BPM * 2.0 ** (np.arange(0, math.log2(_HIGH_BPM / _LOW_BPM), 1 / 140))
        distance = np.log2(self._grid / _PREFERRED_BPM) / _SPREAD_OCTAVES
        self._weights = self._combs((1, 2, 3, 4)) * np.exp(-0.5 * distance**2)[:, None]
        self._every, self._every_other = self._combs((1,)), self._combs((2,))
        self._scores = np.zeros(len(self._grid))
        self._age = (np.arange(_MEMORY)[::-1] * _HOP_S).astype(np.float32)
        self._recency = np.exp(-self._age / 4.0)
        # Long lags see less of the memory: what a steady strength would score there is divided out.
        steady = np.fft.rfft(self._recency, 2 * _MEMORY)
        overlap = np.fft.irfft(steady.real**2 + steady.imag**2)[: self._weights.shape[1]]
        self._overlap = overlap[0] / overlap
        self._hops = 0
        self._rate_bpm = 120.0
        self._locked = False
        self._since = 0.0
        self._challenge = 0
        self._error = 0.0
        self._taps: list[float] = []
        self._tapped: float | None = None
        self._leader: Led | None = None
        self.beats_per_bar = 4
        """Of the music: taps begin a bar, and who leads the count moves it by whole bars."""
        self.hears = True
        """Whether the sound moves the tempo where nothing leads it; if not, taps alone do."""
        self.beats = 0.0
        if bpm is not None:
            self.fix(bpm)

    @property
    def time(self) -> float:
        """Seconds heard so far."""
        return self._hops * _HOP_S

    @property
    def bpm(self) -> float:
        """Beats a minute at this moment."""
        return self._rate_bpm if self._leader is None else self._leader.source.bpm

    def fix(self, bpm: float | None) -> None:
        """Fix the tempo, or follow the sound again with None.

        ``beats`` becomes ``time * bpm / 60``, plus as many whole bars as it takes not to go back.

        Raises
        ------
        ValueError
            If ``bpm`` is out of range: see `livegan.sound.tempo_source.FixedTempo`.
        """
        self.lead(None if bpm is None else FixedTempo(float(bpm)))

    @property
    def tapped(self) -> bool:
        """Whether taps set the tempo last."""
        return self._leader is None and self._tapped is not None

    def lead(self, source: TempoSource | None) -> None:
        """Let a source lead the count of beats, or follow the sound again with None."""
        self._taps, self._tapped = [], None
        if source is not None:
            self._leader = led(source, self._hops, self.beats, self.beats_per_bar)
            self.beats = self._leader.beats(self._hops)
        elif self._leader is not None:
            self._rate_bpm, self._leader = self._leader.source.bpm, None

    def tap(self, time_s: float | None = None) -> None:
        """Tap along: three taps or more set the tempo, and the first one begins a bar.

        Afterwards the sound moves the tempo by at most 4 % and a tap's beat stays the beat.
        A pause of two seconds starts over.  ``time_s`` is show time; None is now.
        """
        now = self.time if time_s is None else time_s
        if self._taps and not 0.1 < now - self._taps[-1] < 2.0:
            self._taps = []
        self._taps.append(now)
        if len(self._taps) < 3:
            return
        count = np.arange(len(self._taps))
        period, first = np.polyfit(count, np.asarray(self._taps), 1)
        self._leader = None
        self._tapped = self._rate_bpm = float(60.0 / period)
        self._locked = True
        self._error = 0.0
        beats = (self.time - first) / period
        bars = (self.beats - beats) / self.beats_per_bar
        late = float(beats + self.beats_per_bar * round(bars)) - self.beats
        if late < 0.0 and len(self._taps) > 3:
            self._error = late  # the count never turns back: it waits for the hand
        else:
            behind = max(0.0, math.ceil(bars - 1e-9))
            self.beats = float(beats + self.beats_per_bar * behind)

    def step(self, strength: float, snare: float = 0.0) -> None:
        """``strength`` of what was struck in this hop, 0 or more, any scale; and of its snares."""
        for memory, value in ((self._strength, strength), (self._snares, snare)):
            memory[:-1] = memory[1:].copy()
            memory[-1] = value
        self._hops += 1
        if self._hops % _EVERY == 0 and self.hears:
            self._look()
        if self._leader is not None:
            beats = self._leader.beats(self._hops)
            if beats < self.beats - 1.0:  # its count began anew
                self.lead(self._leader.source)
                return
            self.beats = max(self.beats, beats)
            return
        rate = self._rate_bpm / 60.0 * _HOP_S
        # A pull towards the heard beat that takes about half a second and never turns back.
        pull = min(max(self._error * 0.04, -0.6 * rate), 1.0 * rate)
        self._error -= pull
        self.beats += rate + pull

    def _combs(self, beats: tuple[int, ...]) -> Array:
        """(tempi, lags) weights: the autocorrelation at so many beats, lags between hops."""
        lags = _MEMORY // 2 + 60
        weights = np.zeros((len(self._grid), lags), np.float32)
        for row, bpm in enumerate(self._grid):
            for beat in beats:
                lag = 60.0 / bpm / _HOP_S * beat
                whole = int(lag)
                # A hop of slack each side: players and the hop grid are not exact.
                for near in range(whole - 1, min(whole + 3, lags)):
                    weights[row, near] += max(0.0, 1.0 - abs(lag - near) / 1.5)
            weights[row] /= max(float(weights[row].sum()), 1e-9)
        return weights

    def _look(self) -> None:
        """Judge tempo and phase from the last seconds."""
        if self._leader is None and self._tapped is None:
            self._rate_bpm = min(max(self._rate_bpm, _LOW_BPM), _HIGH_BPM)
        if float(self._strength[-300:].max()) < 1e-3:
            self._error = 0.0
            return
        scores = self._weights @ self._correlation(self._strength)
        if np.count_nonzero(self._snares) >= 4:
            # A backbeat: snares come every other beat, not every beat.  It is what tells drum and
            # bass at 174 from hip hop at 87.
            snares = self._correlation(self._snares)
            backbeat = (self._every_other - self._every) @ snares
            scores = scores * (1.0 + _BACKBEAT * np.clip(backbeat, -1.0, 1.0))
        self._scores += 0.12 * (scores - self._scores)
        self._choose()
        if self.time > 2.0:
            self._align()

    def _correlation(self, strength: Array) -> Array:
        """Autocorrelation, 1 at lag 0, a steady strength aside."""
        heard = strength * self._recency
        heard = heard - self._recency * (heard.sum() / self._recency.sum())
        spectrum = np.fft.rfft(heard, 2 * _MEMORY)
        correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2)[: self._weights.shape[1]]
        scaled = correlation / max(float(correlation[0]), 1e-9) * self._overlap
        return np.asarray(scaled, np.float32)

    def _choose(self) -> None:
        grid, scores = self._grid, self._scores
        near = np.abs(np.log2(grid / (self._tapped or self._rate_bpm))) < math.log2(1.04)
        best = int(np.argmax(np.where(near, scores, -1.0)) if self._tapped else np.argmax(scores))
        if scores[best] < 0.02:
            return
        if self._locked and not near[best]:
            # Another tempo must be better for three seconds: clearly so once this one is trusted,
            # for a break without drums is no change of tempo.
            trust = min(1.0, (self.time - self._since) / 10.0)
            here = float(scores[near].max()) if near.any() else 0.0
            better = scores[best] > (1.1 + 0.4 * trust) * here
            self._challenge = self._challenge + 1 if better else 0
            if self._challenge < 3.0 / (_EVERY * _HOP_S):
                best = int(np.argmax(np.where(near, scores, -1.0)))
            else:
                self._challenge, self._rate_bpm = 0, float(grid[best])
                self._since = self.time
        elif not self._locked and self.time > 2.0:
            self._locked, self._rate_bpm = True, float(grid[best])
            self._since = self.time
        target = self._peak(best)
        if self._locked and abs(math.log2(target / self._rate_bpm)) < math.log2(1.05):
            self._rate_bpm *= (target / self._rate_bpm) ** 0.15

    def _peak(self, best: int) -> float:
        """The tempo at the top of a parabola through the best score and its neighbours."""
        if not 0 < best < len(self._grid) - 1:
            return float(self._grid[best])
        left, top, right = (float(self._scores[best + i]) for i in (-1, 0, 1))
        bend = left - 2.0 * top + right
        shift = 0.5 * (left - right) / bend if bend < -1e-9 else 0.0
        return float(self._grid[best] * 2.0 ** (min(max(shift, -1.0), 1.0) / 140))

    def _align(self) -> None:
        """How far the beat that is heard is from the beat that is counted, in beats."""
        # The ages are float32, in which a count of hours would leave a coarse fraction.
        phase = (self.beats % 1.0 - self._age * (self._rate_bpm / 60.0)) % 1.0
        bins = (phase * _PHASES).astype(np.intp) % _PHASES
        folded = np.bincount(bins, self._strength * self._recency, _PHASES)
        # Smooth over a twelfth of a beat, and prefer to stay: an off-beat hat is no reason to jump.
        spread = np.exp(-0.5 * (np.arange(-5, 6) / 2.0) ** 2)
        wide = np.convolve(np.concatenate([folded[-5:], folded, folded[:5]]), spread, "valid")
        offset = (np.arange(_PHASES) + 0.5) / _PHASES
        offset = np.where(offset > 0.5, offset - 1.0, offset)
        reach = 0.2 if self._tapped else 0.5
        wide = np.where(np.abs(offset) <= reach, wide * (1.0 - 0.35 * np.abs(offset) / 0.5), 0.0)
        best = int(np.argmax(wide))
        if wide[best] > 0.0:
            # The count is late where onsets fall before it: pull by the opposite of the offset.
            self._error = -float(offset[best])
