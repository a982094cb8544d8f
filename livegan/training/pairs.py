"""Pairs in memory, and the order in which training sees them."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from livegan.picture_file import PictureFileError, read_bytes, shape_of
from livegan.size import Size
from livegan.training.layout import PairFile, PairsError, advice, pair_files, shape_said
from livegan.training.recipe import Direction

Bytes = npt.NDArray[np.uint8]


class Pairs:
    """The pairs of a folder, condition and picture, held as bytes.

    They stay in memory if they fit in half of what is free; else each is read when it is asked
    for.

    Parameters
    ----------
    folder : ``train`` or ``val`` of a data set; see `livegan.training.layout.pair_files`.
    size : to resize to; by default that of the first pair.
    readers : processes of this machine that hold the same pairs in memory.
    direction : ``"BtoA"`` exchanges condition and picture.

    ``notes`` has a line about each thing that is odd and that was dealt with.

    Raises
    ------
    PairsError
        If there are none, one cannot be read, or the halves of one are neither square nor of the
        shape that the data set's manifest says.
    """

    def __init__(
        self,
        folder: Path,
        size: Size | int | None = None,
        readers: int = 1,
        direction: Direction = "AtoB",
    ) -> None:
        self.folder, self.direction = folder, direction
        self.files, self.notes = pair_files(folder)
        if not self.files:
            raise PairsError(f"{folder}: holds no pairs; {advice(folder)}")
        # All heads are read before anything is learned: not hours later, when its turn comes.
        shape = shape_said(folder)
        sizes = [_size(file, shape) for file in self.files]
        self.size = Size.read(size) if size else sizes[0]
        others = [other for other in sizes if other != sizes[0]]
        if others:
            self.notes.append(
                f"{folder}: {len(others)} of {len(sizes)} pairs are not of {sizes[0].plain} pixels "
                f"as the first, but of {min(others).plain} to {max(others).plain}; they are scaled "
                f"to {self.size.plain}"
            )
        self._held: Bytes | None = None
        if len(self.files) * 6 * self.size.pixels < _free_memory() / 2 / readers:
            self._held = np.empty((len(self.files), 2, *self.size, 3), np.uint8)
            for held, file in zip(self._held, self.files, strict=True):
                held[:] = self._read(file)

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Bytes:
        """(2, H, W, 3) bytes: condition, picture."""
        if self._held is not None:
            held: Bytes = self._held[index]
            return held
        return self._read(self.files[index])

    @property
    def held(self) -> bool:
        """Whether they are in memory."""
        return self._held is not None

    def read(self, indices: list[int]) -> Bytes:
        """(N, 2, H, W, 3) bytes."""
        return np.stack([self[i] for i in indices])

    def batch(self, indices: list[int], device: torch.device) -> tuple[Tensor, Tensor]:
        """Conditions and pictures, each (N, 3, H, W) float32, -1..1."""
        return tensors(self.read(indices), device)

    def _read(self, file: PairFile) -> Bytes:
        both = _halves(file, self.size)
        return both[::-1] if self.direction == "BtoA" else both


def pairs_in(
    folder: Path, size: Size | int | None = None, readers: int = 1, direction: Direction = "AtoB"
) -> Pairs | None:
    """The pairs of a folder, as `Pairs` takes them; None if it is not there or has no picture.

    Raises
    ------
    PairsError
        If one of its pictures cannot be used.
    """
    return Pairs(folder, size, readers, direction) if pair_files(folder)[0] else None


def tensors(pairs: Bytes, device: torch.device) -> tuple[Tensor, Tensor]:
    """(N, 2, H, W, 3) bytes → conditions and pictures, each (N, 3, H, W) float32, -1..1."""
    both = torch.from_numpy(pairs).to(device)
    both = both.permute(1, 0, 4, 2, 3).float().div_(127.5).sub_(1)
    return both[0], both[1]


class Ahead:
    """Reads the pairs of the steps to come in a thread, where they are not in memory.

    Parameters
    ----------
    wanted : the indices that a step sees.
    steps : how many are read ahead.
    """

    def __init__(self, pairs: Pairs, wanted: Callable[[int], list[int]], steps: int = 3) -> None:
        self.pairs, self.wanted, self.steps = pairs, wanted, steps
        self._coming: dict[int, Future[Bytes]] = {}
        self._thread = None if pairs.held else ThreadPoolExecutor(1, "pairs")

    def read(self, step: int) -> Bytes:
        """The pairs of ``step``, (N, 2, H, W, 3) bytes, whatever was read before."""
        if self._thread is None:
            return self.pairs.read(self.wanted(step))
        for other in [s for s in self._coming if not step <= s <= step + self.steps]:
            self._coming.pop(other).cancel()
        for coming in range(step, step + self.steps + 1):
            if coming not in self._coming:
                chosen = self.wanted(coming)
                self._coming[coming] = self._thread.submit(self.pairs.read, chosen)
        return self._coming.pop(step).result()

    def close(self) -> None:
        """Read no more."""
        if self._thread is not None:
            self._thread.shutdown(wait=True, cancel_futures=True)


def order(count: int, step: int, batch: int, seed: int, together: int = 1) -> list[int]:
    """The indices that ``step`` sees: each epoch in an order of its own, none left out.

    ``together`` neighbours at a time: the first and the second, the third and the fourth ...
    A function of its arguments alone, so a run that was killed goes on with the pairs it would
    have seen.
    """
    found = []
    groups, drawn = -(-count // together), batch // together
    for place in range(step * drawn, (step + 1) * drawn):
        epoch, into = divmod(place, groups)
        first = min(int(_shuffled(groups, epoch, seed)[into]) * together, count - together)
        found += [(first + i) % count for i in range(together)]
    return found


@lru_cache(maxsize=4)
def _shuffled(count: int, epoch: int, seed: int) -> npt.NDArray[np.int64]:
    """An epoch's order; at its end a step may see two of them."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def _size(file: PairFile, shape: Size) -> Size:
    """The size of a pair's two pictures, as its head says; they have the shape of ``shape``."""
    for path, across in ((file.a, 2 if file.b is None else 1), (file.b, 1)):
        if path is None:
            continue
        try:
            height, width = shape_of(path)
        except PictureFileError as error:
            raise PairsError(f"{error}; delete it or make it again") from error
        wanted = across * height * shape.aspect
        if width % across or abs(width - wanted) > (shape.aspect != 1) * wanted / 100:
            what = "a pair is twice as wide as high" if across == 2 else "it must be square"
            if shape.aspect != 1:
                what = f"pictures of this data set have the shape of {shape}"
            raise PairsError(f"{path}: is {width} x {height}; {what}: cut it, or take it out")
        if path is file.a:
            size = Size(height, width // across)
    return size


def _halves(file: PairFile, size: Size) -> Bytes:
    """(2, H, W, 3): what is left, or in A; what is right, or in B."""
    try:
        if file.b is not None:
            return np.stack([_scaled(read_bytes(path), size) for path in (file.a, file.b)])
        pixels = read_bytes(file.a)
    except PictureFileError as error:
        raise PairsError(f"{error}; delete it or make it again") from error
    half = pixels.shape[1] // 2
    return np.stack([_scaled(part, size) for part in (pixels[:, :half], pixels[:, half:])])


def _scaled(picture: Bytes, size: Size) -> Bytes:
    if picture.shape[:2] == size:
        return picture
    # Each half by itself, so that the border between them stays sharp.
    return np.asarray(Image.fromarray(picture).resize(size[::-1], Image.Resampling.BICUBIC))


def _free_memory() -> int:
    """Bytes of memory that are free, or 4 GB where the system does not say."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 4 << 30
