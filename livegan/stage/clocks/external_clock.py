"""A clock from outside as the show follows it: what it says, and what a line says of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from livegan.plugin.tempo_wish import TempoLeader
from livegan.sound.tempo_source import ClockReading

TITLES: dict[TempoLeader, str] = {"midi": "MIDI clock", "link": "Link"}
"""What a clock is called in lines for the performer."""


class ExternalClock:
    """Hears the process that receives a clock. From one thread at a time.

    A message has ``text``, what the performer reads of the clock, and, where the clock is there,
    ``at`` (seconds of `time.perf_counter`, which all processes of a machine share), ``beats`` and
    ``bpm``. A clock that is lost goes on at its last tempo.
    """

    def __init__(
        self,
        follow: TempoLeader,
        note: Callable[[str], None],
        heard: Callable[[ExternalClock, ClockReading], None],
    ) -> None:
        """``heard`` receives each new reading, at seconds of `time.monotonic`."""
        self.follow = follow
        self.text = "none yet"
        """Whose clock it is, or why there is none; for the HUD and the state."""
        self.reading: ClockReading | None = None
        """The newest; None before the first."""
        self.there = False
        """Whether the clock is there at the moment."""
        self._note, self._heard = note, heard

    def hear(self, message: dict[str, Any]) -> None:
        """Take what the process says."""
        text = str(message.get("text", ""))
        numbers = [float(message.get(name, math.nan)) for name in ("at", "beats", "bpm")]
        there = all(math.isfinite(number) for number in numbers) and numbers[2] > 0
        if there:
            at, beats, bpm = numbers
            # Where the system's two clocks differ (Windows), the same moment on the other one.
            reading = ClockReading(at + time.monotonic() - time.perf_counter(), beats, bpm)
            if self.reading is None or self.reading.moved(reading):
                self.reading = reading
                self._heard(self, reading)
        title = TITLES[self.follow]
        if there and not self.there:
            self._note(f"{title}: the beat follows {text}")
        elif self.there and not there and self.reading is not None:
            going_on = f"the beat goes on at {self.reading.bpm:.1f} bpm until it is back"
            self._note(f"{title} is lost ({text}); {going_on}")
        elif not there and self.text != text and self.reading is None:
            self._note(f"{title}: {text}; the beat waits for it")
        self.text, self.there = text, there

    @property
    def line(self) -> str:
        """For the HUD and the state."""
        return f"{self.text}, lost" if self.reading is not None and not self.there else self.text
