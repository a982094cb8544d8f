"""What the autopilot hears: sections, drops, builds and silence, in the features of the sound.

Nothing but this module knows how they are found.  `Ear` is fed rows of features and gives a
`MusicHeard`; everything is a pure function of the rows so far, however they were cut.

A part of the music begins where the newest three quarters of a beat lie outside of all that was
heard in the sixteen beats before: the range of the past is the measure, so a groove that comes and
goes within the beat is no change, and a bass drum that is missing for the first time is one.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP, RATE
from livegan.sound.features import INDEX, Rows

PARTS = 4
"""Parts of a beat in which features are averaged."""
RECENT, PAST = 3, 64
"""Parts that are compared, and parts before them that they are compared with: 0.75 and 16 beats."""
LEAST_PAST = 28
"""Parts of the past without which nothing is compared."""
NAMES = ("level", "low", "mid", "high", "centroid", "kick", "snare", "onset")
WEIGHTS = np.array((1.0, 1.0, 0.7, 0.7, 0.5, 0.5, 0.4, 0.4))
NOVEL = 0.17
"""How far outside the past the newest parts must lie, in ranges of a feature."""
GAP = 8.0
"""Beats from one section to the next: what changes sooner belongs to it."""
SILENT, SILENT_S = 0.02, 0.6
"""A level below this for so long is silence."""
RISE = 0.14
"""How much louder and denser the last two of eight beats are than the first two, in a build."""
PHRASE = 32
"""Beats of a phrase: most music changes at whole multiples of eight bars."""
REMEMBERED_S = 150.0
"""Seconds for which it counts that something began, for where phrases begin."""
BEGINNING = 8.0
"""What the first sound counts for that, against 1 for a change that is just heard."""

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class MusicHeard:
    """What is heard at a moment. Times in seconds, positions in beats since the show began."""

    time: float = 0.0
    beats: float = 0.0
    bpm: float = 120.0
    level: float = 0.0
    """Loudness of the last beat, 0..1."""
    energy: float = 0.5
    """The same as a place in the range of the last 16 beats, 0..1."""
    begun: str = ""
    """What has begun since the last look: "drop", "section", "calm", "silence" or ""."""
    state: str = "steady"
    """"silence", "build" or "steady"."""
    section: int = 0
    """Parts of the music so far."""
    section_at: float = 0.0
    """Where the newest of them began."""
    phrase_at: float = 0.0
    """Where some phrase began: others begin at multiples of 32 beats from there."""

    def phrase_after(self, beats: float, every: float = PHRASE) -> float:
        """The first beginning of a phrase at or after a position."""
        return self.phrase_at + every * math.ceil((beats - self.phrase_at) / every - 1e-9)


class Ear:
    """Hears rows of features, one a hop; `heard` says what it makes of them."""

    def __init__(self) -> None:
        self.heard = MusicHeard()
        self._hops = 0
        self._bin: int | None = None
        self._sum: Vector = np.zeros(len(NAMES))
        self._onsets = 0.0
        self._count = 0
        self._parts: deque[Vector] = deque(maxlen=RECENT + PAST)
        self._dense: deque[float] = deque(maxlen=8 * PARTS)
        self._quiet = 0
        self._silent = True
        self._begun = ""
        self._section, self._section_at = 0, 0.0
        self._changes: deque[tuple[float, float]] = deque(maxlen=64)
        """When something began, and how much it was."""
        self._beats = 0.0

    def hear(self, rows: Rows, first_hop: int | None = None) -> MusicHeard:
        """Hear the next rows, (n, F); ``first_hop`` is the number of the first, where it is not the
        one after the last. Gives what is heard after them."""
        if first_hop is not None:
            self._hops = first_hop
        self._begun = ""
        beats = rows[:, INDEX["beats"]]
        bins = np.floor(beats * PARTS).astype(np.int64)
        edges = [0, *(np.flatnonzero(np.diff(bins)) + 1), len(rows)]
        for start, stop in itertools.pairwise(edges):
            if start == stop:
                continue
            if self._bin is not None and bins[start] != self._bin:
                self._end_part(float(beats[start]))
            self._bin = int(bins[start])
            part = rows[start:stop]
            self._sum += part[:, [INDEX[name] for name in NAMES]].sum(axis=0)
            self._onsets += float(part[:, INDEX["onset"]].sum())
            self._count += stop - start
            self._listen_for_silence(part, float(beats[stop - 1]))
        self._hops += len(rows)
        if len(rows):
            self._beats = float(beats[-1])
            self.heard = self._now(float(rows[-1, INDEX["bpm"]]))
        return self.heard

    def _listen_for_silence(self, part: Rows, beats: float) -> None:
        level = part[:, INDEX["level"]]
        loud = np.flatnonzero(level > SILENT)
        if not len(loud):
            self._quiet += len(part)
            if not self._silent and self._quiet * HOP >= SILENT_S * RATE:
                self._silent = True
                self._begin("silence", beats)
            return
        self._quiet = len(part) - 1 - int(loud[-1])
        if self._silent:
            self._silent = False
            self._parts.clear()
            self._begin("section", beats)
            at = self._hops + len(part) - 1 - int(loud[-1])
            self._changes.append((at * HOP / RATE, BEGINNING))

    def _end_part(self, beats: float) -> None:
        """A part of a beat is over, at that position."""
        self._parts.append(self._sum / max(1, self._count))
        self._dense.append(self._onsets / max(1, self._count))
        self._sum, self._onsets, self._count = np.zeros(len(NAMES)), 0.0, 0
        if self._silent or len(self._parts) < RECENT + LEAST_PAST:
            return
        parts = np.array(self._parts)
        sums = np.cumsum(np.vstack([np.zeros(len(NAMES)), parts]), axis=0)
        windows = (sums[RECENT:] - sums[:-RECENT]) / RECENT
        recent, past = windows[-1], windows[:-RECENT]
        above, below = recent - past.max(axis=0), past.min(axis=0) - recent
        excess = np.maximum(0.0, np.maximum(above, below))
        novelty = float(np.linalg.norm(WEIGHTS * excess))
        if novelty < NOVEL / 2:
            return
        at = beats - RECENT / PARTS
        since = RECENT / PARTS * 60 / max(self.heard.bpm, 1.0)
        self._changes.append((self._hops * HOP / RATE - since, (novelty / NOVEL) ** 2))
        if novelty < NOVEL or beats - self._section_at < GAP:
            return
        loudness = recent[:2] - past.mean(axis=0)[:2]
        if above[:2].max() > 0.05 and loudness.max() > 0.12:
            self._begin("drop", at)
        elif below[:2].max() > 0.05 and loudness.min() < -0.12:
            self._begin("calm", at)
        else:
            self._begin("section", at)

    def _begin(self, what: str, beats: float) -> None:
        self._begun = what
        if what != "silence":
            self._section += 1
        self._section_at = beats

    def _phrase(self, bpm: float) -> float:
        """Where phrases begin: on the beat, counted back at the tempo of now, on which most began.

        Times are remembered, not beats: the count of beats is a guess until the tempo is known.
        """
        now = self._hops * HOP / RATE
        votes = np.zeros(PHRASE)
        for at, weight in self._changes:
            if weight == BEGINNING or now - at < REMEMBERED_S:
                place = round(self._beats - (now - at) * bpm / 60) % PHRASE
                votes[place] += weight
                votes[(place + PHRASE // 2) % PHRASE] += 0.5 * weight
        return float(np.argmax(votes))

    def _now(self, bpm: float) -> MusicHeard:
        state, level, energy = "steady", 0.0, 0.5
        if self._parts:
            loud = np.array([part[0] for part in self._parts])
            level = float(loud[-PARTS:].mean())
            span = float(loud.max() - loud.min())
            energy = (level - float(loud.min())) / span if span > 0.05 else 0.5
            if len(self._dense) == self._dense.maxlen:
                dense = (
                    np.array(self._dense)
                    + 0.5 * (np.array([p[0] + p[3] for p in self._parts])[-len(self._dense) :])
                )
                quarter = 2 * PARTS
                rise = float(dense[-quarter:].mean() - dense[:quarter].mean())
                middle = float(dense[quarter:-quarter].mean())
                if rise > RISE and dense[:quarter].mean() <= middle <= dense[-quarter:].mean():
                    state = "build"
        if self._silent:
            state = "silence"
        return MusicHeard(
            time=self._hops * HOP / RATE,
            beats=self._beats,
            bpm=bpm,
            level=level,
            energy=min(1.0, max(0.0, energy)),
            begun=self._begun,
            state=state,
            section=self._section,
            section_at=self._section_at,
            phrase_at=self._phrase(bpm),
        )
