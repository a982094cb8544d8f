"""Pairs in memory, and the order in which training sees them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

Bytes = npt.NDArray[np.uint8]
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}


class PairsError(Exception):
    """A folder that holds no usable pairs; one line: which, what, what to do."""


class Pairs:
    """Side-by-side pictures of a folder, condition left and picture right, held as bytes.

    They stay in memory if they fit in half of what is free; else each is read when it is asked
    for.

    Parameters
    ----------
    folder : ``train`` or ``val`` of a data set; any folder of aligned pictures of one size.
    size : height and width to resize to; by default that of the pictures.

    Raises
    ------
    PairsError
        If there are none, one cannot be read, or one is not twice as wide as high.
    """

    def __init__(self, folder: Path, size: int | None = None) -> None:
        self.folder = folder
        self.files = sorted(
            p
            for p in (folder.iterdir() if folder.is_dir() else [])
            if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")
        )
        if not self.files:
            raise PairsError(f"{folder}: holds no pairs; make some with livegan dataset")
        self.size = size or _read(self.files[0], None).shape[1]
        self._held: Bytes | None = None
        if len(self.files) * 6 * self.size**2 < _free_memory() / 2:
            self._held = np.empty((len(self.files), 2, self.size, self.size, 3), np.uint8)
            for held, file in zip(self._held, self.files, strict=True):
                held[:] = _read(file, self.size)

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Bytes:
        """(2, size, size, 3) bytes: condition, picture."""
        if self._held is not None:
            held: Bytes = self._held[index]
            return held
        return _read(self.files[index], self.size)

    def batch(self, indices: list[int], device: torch.device) -> tuple[Tensor, Tensor]:
        """Conditions and pictures, each (N, 3, size, size) float32, -1..1."""
        both = torch.from_numpy(np.stack([self[i] for i in indices])).to(device)
        both = both.permute(1, 0, 4, 2, 3).float().div_(127.5).sub_(1)
        return both[0], both[1]


def order(count: int, step: int, batch: int, seed: int) -> list[int]:
    """The indices that ``step`` sees: each epoch in an order of its own, none left out.

    A function of its arguments alone, so a run that was killed goes on with the pairs it would
    have seen.
    """
    found = []
    for place in range(step * batch, (step + 1) * batch):
        epoch, into = divmod(place, count)
        found.append(int(np.random.default_rng((seed, epoch)).permutation(count)[into]))
    return found


def _read(path: Path, size: int | None) -> Bytes:
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise PairsError(f"{path}: cannot be read as a picture ({error})") from error
    width, height = picture.size
    if width != 2 * height and not (size and width % 2 == 0):
        raise PairsError(f"{path}: is {width} x {height}; a pair is twice as wide as high")
    if size and (width, height) != (2 * size, size):
        picture = picture.resize((2 * size, size), Image.Resampling.BICUBIC)
    pixels = np.asarray(picture)
    half = pixels.shape[1] // 2
    return np.stack([pixels[:, :half], pixels[:, half:]])


def _free_memory() -> int:
    """Bytes of memory that are free, or 4 GB where the system does not say."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 4 << 30
