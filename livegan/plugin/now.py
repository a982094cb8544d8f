"""The moment of a frame, as implementations see it."""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
"""The tempos that can be fixed, beats a minute."""


@dataclass(frozen=True)
class Now:
    """When a frame is drawn, in the show's time and in the music's.

    ``time`` is the time of the newest sound in the frame, in seconds from the start of the show;
    ``dt`` the seconds since the frame before (0 on the first).  ``frame`` is the number of the
    frame that a show at ``fps`` draws at this time: a show that began later has the same number.
    ``beats`` is the number of beats since the start, with its fraction; ``beat`` and ``bar`` are
    phases in 0..1; ``bpm`` the tempo; ``seed`` the show's seed.
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
