"""Where the music is going: a rise, a drop, a new section.

All three compare the last seconds with those before, in eight octaves of loudness and in how much
is struck. A *section* begins where two and a half seconds are further from the music since the last
change than such stretches usually are (novelty: Foote, "Automatic Audio Segmentation Using a
Measure of Audio Novelty", ICME 2000, with a causal window). A *drop* is bass that comes back with
force after it was away. A *build* is what becomes brighter, busier and louder since the last
change, not what is bright, busy and loud.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import LONG, Array, BandFrame
from livegan.sound.hearing.loudness import decibels

_HOP_S = HOP / RATE
_STEP = 10  # hops of a row: a tenth of a second
_STEP_S = _STEP * _HOP_S
_EDGES_HZ = (20.0, 90.0, 180.0, 360.0, 720.0, 1440.0, 2880.0, 5760.0, 16000.0)
_BINS = np.round(np.array(_EDGES_HZ) * LONG / RATE).astype(np.intp)
_BANDS = len(_EDGES_HZ) - 1
_FLUX = _BANDS  # the column of what is struck
_SILENT_DB = -56.0
_FLOOR_DB = 40.0  # below the loudest of the last while nothing counts
_FLUX_DB = 60.0  # what a doubling of what is struck weighs: 18 dB

# Sections.
_NEW = 25  # rows that are compared with the section so far
_KNOWN = 65  # rows before which a section cannot end
_OLD = 240  # rows of the section so far that are remembered
_CHANGE_DB = 5.0  # the least root mean square difference
_UNUSUAL = 2.2  # times what such stretches differ by in this section

# Drops.
_BASS_HZ = 160.0
_BASS_BINS = slice(1, round(_BASS_HZ * LONG / RATE))
_AWAY_DB, _BACK_DB = 9.0, 5.0  # below the bass of the last while
_AWAY_S = 1.9
_HELD_DB_S = 0.15  # how fast the bass of the last while is forgotten
_UNDER_DB = 12.0  # below the whole of the last while: what bass has to reach where none was heard
_DROP_FALL = 10.0 ** (-_HOP_S / 2.0)

# Builds.
_RISE = 80  # rows that a rise is looked for in
_LEAST_RISE = 30
_BUILDING = 0.3  # what rises so much is not a new section yet
_RISES = (8.0, 0.3, 6.0)  # of brightness in dB, of strokes, of loudness in dB: a build each
_SLIGHT = 0.4  # of what they come to is in music that stays as it is


class Course:
    """:meth:`step` gives (build, drop, section) of a hop.

    ``build`` is 0..1, ``drop`` jumps to as much as 1 and falls to a tenth in two seconds,
    ``section`` counts up from 0.
    """

    def __init__(self) -> None:
        self._power = np.zeros(_BANDS)
        self._struck = 0.0
        self._hops = 0
        self._rows: deque[Array] = deque(maxlen=_OLD + _NEW)
        self._since = 0
        self._usual: list[float] = []
        self._loudest = -60.0
        self._section = 0
        self._build = self._target = 0.0
        self._drop = 0.0
        self._bass = Bass()

    def step(self, frame: BandFrame, flux: float) -> tuple[float, float, float]:
        """Take the spectrum of a hop and what was struck in it."""
        power = np.add.reduceat(frame.long[: _BINS[-1]], _BINS[:-1])
        self._power += power
        self._struck += flux
        self._hops += 1
        drop = self._bass.step(float(frame.long[_BASS_BINS].sum()), float(power.sum()))
        self._drop = max(drop, self._drop * _DROP_FALL if self._drop > 1e-3 else 0.0)
        if self._hops % _STEP == 0:
            self._row()
        if drop and self._since >= _NEW:
            self._begin()
        self._build += 0.03 * (self._target - self._build)
        return max(0.0, self._build), self._drop, float(self._section)

    def _row(self) -> None:
        bands = 10.0 * np.log10(self._power / _STEP + 1e-12)
        whole = decibels(float(self._power.sum()) / _STEP)
        self._loudest = max(self._loudest - 0.3 * _STEP_S, whole, _SILENT_DB)
        row = np.empty(_BANDS + 1, np.float32)
        row[:_BANDS] = np.maximum(bands, self._loudest - _FLOOR_DB - 10.0)
        row[_FLUX] = np.log2(1.0 + 20.0 * self._struck / _STEP)
        self._power[:] = 0.0
        self._struck = 0.0
        self._rows.append(row)
        self._since += 1
        self._target = self._rising()
        if self._since >= _KNOWN and self._target < _BUILDING:
            self._compare()

    def _compare(self) -> None:
        """Whether the newest rows are a new section."""
        rows = np.asarray(self._rows)[-min(self._since, len(self._rows)) :]
        new, old = rows[-_NEW:].mean(axis=0), rows[:-_NEW].mean(axis=0)
        change = new - old
        change[_FLUX] *= _FLUX_DB / 20.0
        distance = float(np.sqrt(np.mean(change**2)))
        usual = float(np.median(self._usual)) if len(self._usual) >= 20 else 0.0
        if distance > max(_CHANGE_DB, _UNUSUAL * usual):
            self._begin()
            return
        self._usual.append(distance)
        del self._usual[:-300]

    def _begin(self) -> None:
        """A new section: what is compared from now on begins with the next row."""
        self._section += 1
        self._since = 0
        self._build, self._target = 0.3 * self._build, 0.0

    def _rising(self) -> float:
        """How much of a build the rows since the last change are, 0..1."""
        count = min(self._since, len(self._rows), _RISE)
        if count < _LEAST_RISE:
            return 0.0
        rows = np.asarray(self._rows)[-count:]
        bright = rows[:, 4:_BANDS].mean(axis=1) - rows[:, :4].mean(axis=1)
        loud = 10.0 * np.log10((10.0 ** (rows[:, :_BANDS] / 10.0)).sum(axis=1))
        if loud[-10:].mean() < _SILENT_DB:
            return 0.0
        risen = [
            rise(curve) / whole
            for curve, whole in zip((bright, rows[:, _FLUX], loud), _RISES, strict=True)
        ]
        risen[2] = max(risen[2], 0.0)  # the bass often leaves before a drop
        return float(np.clip(sum(risen) - _SLIGHT, 0.0, 1.0))


class Bass:
    """Tells when bass comes back: :meth:`step` gives how much of a drop a hop is, mostly 0."""

    def __init__(self) -> None:
        self._usual = self._whole = -60.0
        self._second = self._fifth = -60.0
        self._power = [0.0, 0.0]
        self._total = 0.0
        self._away = 0.0
        self._before: float | None = None

    def step(self, bass: float, whole: float) -> float:
        """``bass`` and ``whole`` are the powers of a hop."""
        self._total += (whole - self._total) * _HOP_S / 0.25
        for i, seconds in enumerate((0.5, 0.15)):
            self._power[i] += (bass - self._power[i]) * _HOP_S / seconds
        slow, fast = map(decibels, self._power)
        loud = decibels(self._total)
        self._usual = max(self._usual - _HELD_DB_S * _HOP_S, slow)
        self._whole = max(self._whole - _HELD_DB_S * _HOP_S, loud)
        usual = max(self._usual, self._whole - _UNDER_DB, _SILENT_DB)
        drop = 0.0
        if fast > usual - _BACK_DB:
            if self._away > _AWAY_S and self._before is not None and loud > self._before + 1.0:
                drop = min(1.0, 0.5 + self._away / 12.0)
            self._away, self._before = 0.0, None
        elif slow < usual - _AWAY_DB:
            if loud > _SILENT_DB:
                self._away += _HOP_S
                before = loud if self._before is None else self._before
                self._before = before + (loud - before) * _HOP_S
            else:  # silence is no part of the music: what comes after it is a beginning
                self._away, self._before = 0.0, None
        return drop


def rise(curve: Array) -> float:
    """By how much a curve rises from its start to its end, as far as it does so bit by bit.

    The second smallest of four steps counts for all: where it jumps once, most steps are 0.
    """
    pieces = [float(piece.mean()) for piece in np.array_split(curve, 5)]
    return 5.0 * sorted(np.diff(pieces).tolist())[1]
