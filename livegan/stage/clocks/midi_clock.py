"""MIDI clock: 24 pulses a beat, start, stop, continue and song position. Pure; MIDI 1.0.

Pulses come one or two milliseconds early or late, some in bursts. A line through the last seconds
of them has the tempo and the beat; it begins anew where the newest pulses leave it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from livegan.sound.tempo_source import ClockReading

SONG_POSITION, PULSE, START, CONTINUE, STOP = 0xF2, 0xF8, 0xFA, 0xFB, 0xFC
PULSES = 24
"""In a beat."""
SIXTEENTH = PULSES // 4
"""Pulses; the song position counts in sixteenths of a bar of four."""
WINDOW = 192
"""Pulses that the line goes through: 8 beats."""
ENOUGH = 24
"""Pulses after which a tempo is told where none was known."""
NEWEST = 12
"""Pulses that tell whether the clock has left the line."""
LEFT_S = 0.003
"""Seconds that their median may be off it."""
WILD_S = 0.008
"""Seconds by which half of the pulses may be off the line; beyond that they come in bursts, as from
a machine that stalls, and their tempo is none."""
SILENT_S = 0.5
"""Seconds without a pulse after which the clock is lost; at 20 bpm they come every 0.125 s."""
EVERY_S = 0.1
"""Seconds between two looks at the line."""
TEMPOS = (20.0, 500.0)
"""Beats a minute that a clock can have; what is faster or slower is none."""
SURE = ((ENOUGH, math.inf), (96, 0.01))
"""With fewer pulses than so many, a tempo that is only such a part off the known one is the known
one: two milliseconds early or late are 0.3 % of the 24 pulses of a beat."""
HELD, SAME = 48, 0.01
"""Pulses for which a tempo must hold, within such a part of it, so that the beat goes on with it
after the clock is lost: a machine that is stopped or overloaded sends its last pulses too late."""


class MidiClock:
    """The clock of one device. Times are seconds of one steady clock, of anyone's choice."""

    def __init__(self, going_on: ClockReading | None = None) -> None:
        """``going_on`` is what was followed before: the count goes on there."""
        self._reading = going_on
        self._counts: list[int] = []
        self._times: list[float] = []
        self._count = 0
        """Of the next pulse, in pulses."""
        self._placed = False
        """A message has said what the next pulse counts."""
        self._stopped_at = 0
        self._heard = 0
        """Pulses so far."""
        self._tempo, self._tempo_from = 0.0, 0
        """The tempo that was told, and since which pulse it is the same."""
        self._held = 0.0
        """The last tempo that held; 0 before the first."""
        self.playing: bool | None = None
        """Whether the song plays; None where neither start nor stop came."""

    def take(self, message: Sequence[int], at: float) -> bool:
        """Take a message that came at a time. Whether it moved the song to another place."""
        status = message[0] if message else 0
        if status == PULSE:
            self._pulse(at)
        elif status == START:
            return self._place(0, playing=True)
        elif status == CONTINUE:
            return self._place(self._stopped_at, playing=True)
        elif status == STOP and self.playing is not False:
            self.playing, self._stopped_at = False, self._count
        elif status == SONG_POSITION and len(message) == 3:
            self._stopped_at = SIXTEENTH * (message[1] + 128 * message[2])
            if self.playing:
                return self._place(self._stopped_at, playing=True)
        return False

    def there(self, now: float) -> bool:
        """Whether pulses come."""
        return bool(self._times) and now - self._times[-1] < SILENT_S

    def _pulse(self, at: float) -> None:
        if self._times and at - self._times[-1] >= SILENT_S:
            self.lost()
            self._counts, self._times = [], []
        if not self._times and not self._placed and self._reading is not None:
            self._count = round(self._reading.beats_at(at) * PULSES)  # the beat went on meanwhile
        self._placed = False
        self._counts.append(self._count)
        self._times.append(at)
        del self._counts[:-WINDOW], self._times[:-WINDOW]
        self._count += 1
        self._heard += 1

    def lost(self) -> ClockReading | None:
        """What goes on after the last pulse: the beat there, and the last tempo that held. None
        where the tempo was never known."""
        if self._reading is not None and self._held:
            self._reading = replace(self._reading, bpm=self._held)
        return self._reading

    def _place(self, count: int, playing: bool) -> bool:
        """The next pulse is ``count`` pulses from the start of the song."""
        self._counts, self._times = [], []  # devices begin a song between two pulses
        self._count, self._placed, self.playing = count, True, playing
        return True

    def read(self) -> ClockReading | None:
        """What the clock says; None while that is not known."""
        known, count = self._reading, len(self._times)
        if not count or (known is None and count < ENOUGH):
            return known
        period, first = self._line()
        late = self._late(period, first)
        pulses = late[-NEWEST:] / period if period > 0 else np.zeros(NEWEST)
        lost = round(float(pulses[-1]))
        sudden = float(np.diff(pulses).max()) > 0.5 if lost > 0 and count > NEWEST else False
        if sudden and (np.abs(pulses[-3:] - lost) < 0.25).all():
            # Whole pulses late, all of a sudden: so many were lost on the way. (What was delayed
            # comes in a burst, and each is less late than the one before; with a slower tempo each
            # is a little later.)
            for i in np.flatnonzero(late / period > 0.5):
                self._counts[i] += lost
            self._count += lost
            period, first = self._line()
            late = self._late(period, first)
        if abs(float(np.median(late[-NEWEST:]))) > LEFT_S and count > 2 * NEWEST:
            del self._counts[:-NEWEST], self._times[:-NEWEST]
            period, first = self._line()
        if known is not None:
            before = 60.0 / (known.bpm * PULSES)
            off = abs(period / before - 1.0)
            wild = float(np.median(np.abs(self._late(period, first)))) > WILD_S
            if (
                wild
                or self._stumbled(period, before)
                or any(len(self._times) < few and off < near for few, near in SURE)
            ):
                # Too few to measure the tempo by; the beat is where they are.
                period = before
                first = float(np.mean(self._at() - np.array(self._counts) * period))
        bpm = 60.0 / (period * PULSES) if period > 0 else 0.0
        if TEMPOS[0] <= bpm <= TEMPOS[1]:
            at = self._times[-1]
            self._reading = ClockReading(at, (at - first) / period / PULSES, bpm)
            self._hold(bpm)
        return self._reading

    def _hold(self, bpm: float) -> None:
        """Learn which tempo holds."""
        if abs(bpm - self._tempo) > SAME * self._tempo:
            self._tempo, self._tempo_from = bpm, self._heard
        elif self._heard - self._tempo_from >= HELD or not self._held:
            self._held = bpm

    def _stumbled(self, period: float, before: float) -> bool:
        """Whether few pulses only seem to have another tempo, for the clock stumbled between them:
        with a new tempo, both halves of them have it."""
        count = len(self._times)
        if count >= SURE[-1][0] or count < 4:
            return False
        whole = period - before
        halves = (self._line(slice(count // 2))[0], self._line(slice(count // 2, count))[0])
        return any((half - before) * whole < 0.5 * whole**2 for half in halves)

    def _at(self) -> NDArray[np.float64]:
        return np.array(self._times)

    def _line(self, part: slice = slice(None)) -> tuple[float, float]:
        """Seconds a pulse, and the time of the pulse 0, by a part of the pulses."""
        counts, times = np.array(self._counts[part], np.float64), self._at()[part]
        middle, now = counts.mean(), times.mean()
        spread = counts - middle
        period = float(spread @ (times - now) / max(float(spread @ spread), 1e-9))
        return period, float(now - middle * period)

    def _late(self, period: float, first: float) -> NDArray[np.float64]:
        """(n,) seconds by which each pulse came after the line."""
        late: NDArray[np.float64] = self._at() - (first + np.array(self._counts) * period)
        return late


class ClockReceiver:
    """Follows the device that sends a clock: the first, until it is silent."""

    def __init__(self, tell: Callable[..., None]) -> None:
        """``tell(what, **fields)`` receives messages for the stage: see `livegan.stage.clocks.
        external_clock.ExternalClock.hear`; from any thread."""
        self._tell = tell
        self._lock = threading.Lock()
        self._clock = MidiClock()
        self._port = ""
        self._told: tuple[ClockReading | None, str] = (None, "")
        self._told_at = self._looked = float("-inf")
        self._moved = False

    def take(self, port: str, message: Sequence[int], at: float) -> bool:
        """Whether a message is one of a clock; a message of no bytes says that the port is gone."""
        if message and message[0] not in (SONG_POSITION, PULSE, START, CONTINUE, STOP):
            return False
        with self._lock:
            if port != self._port:
                if not message or (self._port and self._clock.there(at)):
                    return bool(message)
                self._clock, self._port = MidiClock(self._clock.lost()), port
            if not message:
                self._lose("gone")
                self._port = ""
                return False
            self._moved |= self._clock.take(message, at)
            if message[0] == PULSE and self._moved:
                self._moved = False
                self._read(at)  # the song begins with this pulse: no frame is to be late
        return True

    def look(self, now: float) -> None:
        """Tell how the clock stands, if it is time."""
        with self._lock:
            if now - self._looked >= EVERY_S and self._port:
                self._looked = now
                self._read(now)

    def _read(self, now: float) -> None:
        if not self._clock.there(now):
            self._lose("silent")
            return
        reading = self._clock.read()
        if reading is None:  # too few pulses so far
            return
        stopped = ", stopped" if self._clock.playing is False else ""
        self._say(self._port + stopped, reading)

    def _lose(self, text: str) -> None:
        if self._told[0] is not None:  # the clock was there: say first how the beat goes on
            self._say(self._told[1], self._clock.lost())
        self._say(text, None)

    def _say(self, text: str, reading: ClockReading | None) -> None:
        before, said = self._told
        same = before is reading or (before and reading and not before.moved(reading))
        if same and text == said:
            return
        self._told = reading, text
        fields = vars(reading) if reading is not None else {}
        self._tell("clock", text=text, **fields)
