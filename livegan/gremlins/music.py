"""The sound of a gremlin rehearsal: what the performer plays to, with moments of silence in it."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livegan.saving import replacing
from livegan.sound import RATE
from livegan.sound.media import open_media, until

LONGEST = 60.0
PLAYED, SILENT = 6.0, 1.5
"""Seconds of sound between two silences, and of a silence: what fails only in one shows up soon."""


def write_music(source: Path, out: Path) -> None:
    """Write the first minute of ``source`` as a WAV with silences.

    Raises livegan.sound.media.MediaError if it cannot be read.
    """
    write_wav(
        out, with_silences(np.concatenate([*until(open_media(source), round(LONGEST * RATE))]))
    )


def with_silences(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 2) with silence after every few seconds, and at the end."""
    played, silent = round(PLAYED * RATE), round(SILENT * RATE)
    nothing = np.zeros((silent, 2), np.float32)
    parts = []
    for begin in range(0, max(1, len(samples)), played):
        parts += [samples[begin : begin + played], nothing]
    return np.concatenate(parts)


def write_wav(path: Path, samples: NDArray[np.float32]) -> None:
    """(n, 2) float32 as 16-bit PCM at 48 kHz."""
    with replacing(path) as beside, wave.open(str(beside), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
