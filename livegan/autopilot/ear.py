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
RISE = 0.1
"""How much louder, brighter and denser the last four of sixteen beats are than the first four, in a
build."""
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
        self._hop = 0
        """The number of the row that is heard."""
        self._part: int | None = None
        self._sum: Vector = np.zeros(len(NAMES))
        self._count = 0
        self._parts: deque[Vector] = deque(maxlen=RECENT + PAST)
        self._quiet = 0
        self._silent = True
        self._begun = ""
        self._section, self._section_at = 0, 0.0
        self._changes: deque[tuple[float, float]] = deque(maxlen=64)
        """When something began, and how much it was."""
        self._beats, self._bpm = 0.0, 120.0

    def hear(self, rows: Rows, first_hop: int | None = None) -> MusicHeard:
        """Hear the next rows, (n, F); ``first_hop`` is the number of the first, where it is not the
        one after the last. Gives what is heard after them."""
        first = self._hop if first_hop is None else first_hop
        self._begun = ""
        beats = rows[:, INDEX["beats"]]
        parts = np.floor(beats * PARTS).astype(np.int64)
        edges = [0, *(np.flatnonzero(np.diff(parts)) + 1), len(rows)]
        for start, stop in itertools.pairwise(edges):
            if start == stop:
                continue
            self._hop, self._beats = first + start, float(beats[start])
            self._bpm = float(rows[start, INDEX["bpm"]])
            if self._part is not None and parts[start] != self._part:
                self._end_part()
            self._part = int(parts[start])
            part = rows[start:stop]
            self._sum += part[:, [INDEX[name] for name in NAMES]].sum(axis=0)
            self._count += stop - start
            self._listen_for_silence(part)
        self._hop = first + len(rows)
        if len(rows):
            self._beats, self._bpm = float(beats[-1]), float(rows[-1, INDEX["bpm"]])
            self.heard = self._now()
        return self.heard

    def _listen_for_silence(self, part: Rows) -> None:
        """Rows of one part of a beat, which is shorter than what counts as silence."""
        beats = part[:, INDEX["beats"]]
        loud = np.flatnonzero(part[:, INDEX["level"]] > SILENT)
        if not len(loud):
            reached = round(SILENT_S * RATE / HOP) - self._quiet - 1
            self._quiet += len(part)
            if not self._silent and reached < len(part):
                self._silent = True
                self._begin("silence", float(beats[max(0, reached)]))
            return
        self._quiet = len(part) - 1 - int(loud[-1])
        if self._silent:
            self._silent = False
            self._parts.clear()
            self._begin("section", float(beats[loud[0]]))
            self._changes.append(((self._hop + int(loud[0])) * HOP / RATE, BEGINNING))

    def _end_part(self) -> None:
        """A part of a beat is over."""
        self._parts.append(self._sum / max(1, self._count))
        self._sum, self._count = np.zeros(len(NAMES)), 0
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
        ago = RECENT / PARTS
        since = self._hop * HOP / RATE - ago * 60 / max(self._bpm, 1.0)
        self._changes.append((since, (novelty / NOVEL) ** 2))
        if novelty < NOVEL or self._beats - self._section_at < GAP:
            return
        loudness = recent[:2] - past.mean(axis=0)[:2]
        if above[:2].max() > 0.05 and loudness.max() > 0.12:
            self._begin("drop", self._beats - ago)
        elif below[:2].max() > 0.05 and loudness.min() < -0.12:
            self._begin("calm", self._beats - ago)
        else:
            self._begin("section", self._beats - ago)

    def _begin(self, what: str, beats: float) -> None:
        self._begun = what
        if what != "silence":
            self._section += 1
        self._section_at = beats

    def _phrase(self) -> float:
        """Where phrases begin: on the beat, counted back at the tempo of now, on which most began.

        Times are remembered, not beats: the count of beats is a guess until the tempo is known.
        """
        now = self._hop * HOP / RATE
        votes = np.zeros(PHRASE)
        for at, weight in self._changes:
            if weight == BEGINNING or now - at < REMEMBERED_S:
                place = round(self._beats - (now - at) * self._bpm / 60) % PHRASE
                votes[place] += weight
                votes[(place + PHRASE // 2) % PHRASE] += 0.5 * weight
        return float(np.argmax(votes))

    def _builds(self) -> bool:
        """Whether it gets louder, brighter and denser, from quarter to quarter of sixteen beats."""
        if len(self._parts) < PAST:
            return False
        parts = np.array(self._parts)[-PAST:, [NAMES.index(n) for n in ("level", "high", "onset")]]
        first, second, third, last = parts.mean(axis=1).reshape(4, -1).mean(axis=1)
        return bool(last - first > RISE and first <= second <= third <= last)

    def _now(self) -> MusicHeard:
        level, energy = 0.0, 0.5
        if self._parts:
            loud = np.array([part[0] for part in self._parts])
            level = float(loud[-PARTS:].mean())
            span = float(loud.max() - loud.min())
            energy = (level - float(loud.min())) / span if span > 0.05 else 0.5
        return MusicHeard(
            time=self._hop * HOP / RATE,
            beats=self._beats,
            bpm=self._bpm,
            level=level,
            energy=min(1.0, max(0.0, energy)),
            begun=self._begun,
            state="silence" if self._silent else "build" if self._builds() else "steady",
            section=self._section,
            section_at=self._section_at,
            phrase_at=self._phrase(),
        )
