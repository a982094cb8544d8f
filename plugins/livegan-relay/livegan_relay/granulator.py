"""A source of sound: a file, taken apart into grains that are played again at other places.

Granular synthesis: Roads, Microsound (2001), chapter 3.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from livegan.sound.sources import Note, SourceError

RATE = 48000
GRAIN_S = 0.12
HOP_S = 0.03
"""Grains begin so far apart: four are heard at once."""
SHORTEST_S = 0.2
LONGEST_S = 600.0

Samples = NDArray[np.float32]


class Grains:
    """Grains of one recording, the same ones each time it is opened.

    Attributes
    ----------
    recording : (n, 2) float32 at 48 kHz.
    """

    rate = RATE

    def __init__(self, name: str, recording: Samples, seed: int = 0) -> None:
        self.name = name
        self.recording = recording
        self.seed = seed
        self.grain = round(GRAIN_S * RATE)
        self.hop = round(HOP_S * RATE)
        self.window = np.hanning(self.grain).astype(np.float32)[:, None] * 0.6
        self.open(print)

    def open(self, note: Note) -> None:
        """Begin anew."""
        self.random = np.random.default_rng(self.seed)
        self.made = np.zeros((self.grain, 2), np.float32)
        """What is heard next; grains that have begun reach into it."""

    def pull(self, frames: int) -> Samples:
        """The next (frames, 2) samples, -1..1, without waiting."""
        done: list[Samples] = [np.zeros((0, 2), np.float32)]
        missing = max(0, frames)
        while missing:
            if len(self.made) <= self.grain - self.hop:  # a hop was heard: the next grain begins
                self.begin()
            block = self.made[: min(missing, len(self.made) - (self.grain - self.hop))]
            done.append(block.copy())
            self.made = self.made[len(block) :]
            missing -= len(block)
        return np.clip(np.concatenate(done), -1, 1)

    def begin(self) -> None:
        """Mix a grain from anywhere in the recording into what is heard next."""
        start = int(self.random.integers(0, len(self.recording) - self.grain + 1))
        fresh = np.zeros((self.grain, 2), np.float32)
        fresh[: len(self.made)] = self.made
        self.made = fresh + self.recording[start : start + self.grain] * self.window

    def close(self) -> None:
        """Nothing to let go of: the recording lies in memory."""


def open_grains(argument: str, *, folder: Path = Path()) -> Grains:
    """The source that ``--audio grains:FILE`` means.

    Raises
    ------
    SourceError
        With one line: which file, what is wrong with it.
    """
    path = folder / argument
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise SourceError(f"grains:{argument}: {error}; name a sound file") from None
    seconds = len(samples) / rate
    if not SHORTEST_S <= seconds <= LONGEST_S:
        span = f"{SHORTEST_S:g} to {LONGEST_S:g} s"
        raise SourceError(f"grains:{argument}: it is {seconds:g} s long; take one of {span}")
    both = samples[:, :2] if samples.shape[1] > 1 else np.repeat(samples, 2, axis=1)
    recording = soxr.resample(both, rate, RATE).astype(np.float32)
    return Grains(f"grains of {path.name}", np.nan_to_num(recording))
