"""The moment of a frame, read off the sound: the same whoever draws it, and from wherever."""

from __future__ import annotations

import math
from typing import Any, Protocol

from livegan.plugin.now import Now


class Heard(Protocol):
    """What a call needs of the sound up to a moment: `livegan.sound.history.Sound` is one."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    @property
    def hop(self) -> int:
        """Samples in a hop."""

    @property
    def position(self) -> int:
        """Samples since the show began; a whole number of hops."""

    @property
    def bpm(self) -> float:
        """Tempo in beats a minute."""

    @property
    def beats(self) -> float:
        """Beats since the show began, with their fraction."""

    def last(self, seconds: float) -> Any:
        """The newest ``seconds`` of samples, (n, 2)."""


def now_at(
    sound: Heard,
    *,
    before: float | None = None,
    fps: float = 30.0,
    seed: int = 0,
    beats_per_bar: int = 4,
) -> Now:
    """The moment at which ``sound`` ends.

    Parameters
    ----------
    before : time of the frame before, in seconds; None if this is the first.
    fps : frames a second that the show means to draw.  They are counted by the clock, not by how
        many were drawn, so a show that began earlier or left out frames has the same number.
    """
    seconds = sound.position / sound.rate
    return Now(
        time=seconds,
        dt=0.0 if before is None else max(0.0, seconds - before),
        frame=math.floor(seconds * fps + 0.5),
        fps=fps,
        bpm=float(sound.bpm),
        beats=float(sound.beats),
        beats_per_bar=beats_per_bar,
        seed=seed,
    )
