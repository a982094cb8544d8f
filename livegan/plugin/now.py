"""The moment of a frame: what encoders, mixers and signals receive as ``now``."""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
"""The tempos that can be fixed, beats a minute."""


@dataclass(frozen=True)
class Now:
    """The moment of a frame, in seconds and in beats.

    ``time`` is the time of the newest sound in the frame, in seconds from the start of the show.
    ``dt`` is the time since the previous frame in seconds, 0 in the first one.  ``frame`` is the
    number of the frame that a show at ``fps`` draws at this time; a rehearsal that starts later
    counts the same.  ``beats`` counts beats since the start, with the fraction; ``beat`` and
    ``bar`` are phases in 0..1; ``bpm`` is the tempo and ``seed`` the show's seed.
    """

    time: float = 0.0
    dt: float = 0.0
    frame: int = 0
    fps: float = 30.0
    bpm: float = 120.0
    beats: float = 0.0
    beats_per_bar: int = 4
    seed: int = 0

    @property
    def beat(self) -> float:
        """Phase within the beat, 0..1."""
        return self.beats % 1.0

    @property
    def bar(self) -> float:
        """Phase within the bar, 0..1."""
        return (self.beats / self.beats_per_bar) % 1.0
