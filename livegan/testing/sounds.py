"""Sounds that checks are made with, heard as the stage hears them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.history import RecordedHistory
from livegan.sound.inputs.waiting_line import WaitingLine

Array = NDArray[np.float32]

SECONDS = 4.0
"""Length of each sound."""
WHOLE = (4800,)
ODD = (1, 7, 480, 511, 4096, 33)
"""Lengths of blocks, in samples, in which a source may deliver; taken in turn."""


@lru_cache(maxsize=4)
def music(rate: int = RATE) -> Array:
    """(n, 2): kicks, hats and two voices, different left and right, from the first sample on."""
    time = np.arange(round(SECONDS * rate)) / rate
    since = time % 0.5
    kick = np.exp(-18 * since) * np.sin(2 * np.pi * (50 * since + 4 * (1 - np.exp(-30 * since))))
    hat = np.exp(-60 * ((time + 0.25) % 0.5)) * np.sin(2 * np.pi * 7919 * time)
    bell = np.exp(-3 * (time % 1.0)) * np.sin(2 * np.pi * 880 * time)
    voice = np.sin(2 * np.pi * np.where(time % 2 < 1, 220.0, 277.2) * time)
    left = 0.5 * kick + 0.1 * hat + 0.15 * voice
    right = 0.5 * kick + 0.05 * hat + 0.2 * bell + 0.05 * voice
    return np.stack([left, right], axis=1).astype(np.float32)


def noise() -> Array:
    """(n, 2): white noise, as loud as it can be."""
    rng = np.random.default_rng(1)
    return rng.uniform(-1, 1, (round(SECONDS * RATE), 2)).astype(np.float32)


def clipped() -> Array:
    """(n, 2): music, forty times too loud, cut at full scale."""
    return np.clip(40 * music(), -1, 1)


def broken() -> Array:
    """(n, 2): music in which a driver has put not-a-number and infinities."""
    samples = music().copy()
    samples[::997] = np.nan
    samples[::1499, 0] = np.inf
    samples[::2003, 1] = -np.inf
    return samples


class CheckRecording:
    """A source that delivers ``samples``, (n, channels), as fast as they are asked for."""

    name = "a recording"

    def __init__(self, samples: Array, rate: int) -> None:
        self.samples, self.rate, self.place = samples, rate, 0

    def open(self, note: object) -> None:
        """Nothing to open."""

    def pull(self, frames: int) -> Array:
        """The next ``frames``, fewer at the end."""
        block = self.samples[self.place : self.place + frames]
        self.place += len(block)
        return block

    def close(self) -> None:
        """Nothing to close."""


def heard(samples: Array, rate: int = RATE, blocks: Sequence[int] = WHOLE) -> RecordedHistory:
    """A sound as the stage hears it: mixed to stereo, mended, resampled, analysed block by block.

    Parameters
    ----------
    samples : (n, channels) float32.
    rate : frames a second of ``samples``.
    blocks : lengths of the blocks, in samples at 48 kHz, taken in turn.
    """
    source = CheckRecording(samples, rate)
    line, analyzer = WaitingLine(source), Analyzer()
    sound, rows = [], []
    for length in cycle(blocks):
        done = source.place >= len(samples)
        block = line.pull(length, lambda text: None)
        if done:
            break
        if len(block):
            sound.append(block)
            rows.append(analyzer.feed(block))
    return RecordedHistory(np.concatenate(sound), np.concatenate(rows))


@lru_cache(maxsize=16)
def history(name: str) -> RecordedHistory:
    """A sound by name, heard: see :data:`SOUNDS`; each is analysed once."""
    if name == "odd blocks":
        return heard(music(), blocks=ODD)
    if name == "mono":
        return heard(music()[:, :1])
    if name.endswith("kHz"):
        rate = round(1000 * float(name.removesuffix(" kHz")))
        return heard(music(rate), rate)
    return heard(SOUNDS[name]())


SOUNDS: dict[str, Callable[[], NDArray[np.float32]]] = {
    "music": music,
    "silence": lambda: np.zeros((round(SECONDS * RATE), 2), np.float32),
    "noise": noise,
    "clipping": clipped,
    "not-a-number": broken,
}
"""Stereo sounds at 48 kHz by name."""
