"""Recorded music without a drum kit, to lay drums over and to learn silence from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from drums.oneshots import RATE
from drums.sources import music

from livegan.saving import replacing
from livegan.sound.media import MediaError, open_media, until

START, SECONDS = 20.0, 80
"""Of each track."""


def drumless(packages: Path, work: Path, *, test: bool) -> list[np.ndarray]:
    """(n,) int16 mono at 48 kHz of each track."""
    folder = work / ("music-test" if test else "music")
    folder.mkdir(parents=True, exist_ok=True)
    for path in music(packages, test):
        target = folder / f"{path.stem}.npy"
        if target.exists():
            continue
        try:
            blocks = list(until(open_media(path, START), SECONDS * RATE))
        except MediaError:
            continue
        if blocks:
            mono = np.concatenate(blocks).mean(axis=1)
            peak = max(1.0, float(np.abs(mono).max()))
            with replacing(target) as part, part.open("wb") as file:
                np.save(file, (mono / peak * 32767).astype(np.int16))
    return [np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))]
