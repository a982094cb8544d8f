"""Checks of what is at either end of a show: sources, outputs, and checkpoint formats."""

from __future__ import annotations

import os
import pickle
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from livegan.generators import Card, ModelError
from livegan.generators.checkpoint import Checkpoint
from livegan.plugin.catalogue import Offer
from livegan.sound.devices import SourceError
from livegan.testing.common import doing
from livegan.testing.rows import Fault, NotHere, row
from livegan.testing.state import PIECES, left_alone

SLOW_S = 0.5
"""A source or output that keeps its caller waiting for longer holds up the show."""
LENGTHS = (480, 1, 0, 4801, 33)


@dataclass(frozen=True)
class Offered:
    """A source, output or loader, and what to try it with."""

    kind: str
    offer: Offer
    sample: str = ""
    """A source's argument; an output's name; the path of a checkpoint that a loader reads."""


@row("source", "output", "loader")
def summary(offered: Offered) -> None:
    """It is registered with a line that says what it is"""
    if not offered.offer.summary:
        name = offered.offer.name
        change = f'register({name!r}, ..., "what it is, in a few words")'
        raise Fault("read what was registered", "there is no summary", change)


def opened(offered: Offered) -> Any:
    """The source, open; or :class:`NotHere` with what it says of this machine."""
    try:
        source = offered.offer.make(offered.sample)
        source.open(lambda text: None)
    except SourceError as error:
        raise NotHere(f"it does not open here: {error}") from None
    return source


@row("source")
def opens(offered: Offered) -> None:
    """It opens, or says in one line why not"""
    with doing(
        "opened it", "raise livegan.sound.sources.SourceError with one line that says why not"
    ):
        source = opened(offered)
        source.close()
    for name in ("name", "rate"):
        if not hasattr(source, name):
            raise Fault("opened it", f"it has no {name!r}", f"set self.{name} in open() or before")
    if not (isinstance(source.rate, int) and 8000 <= source.rate <= 768000):
        seen = f"its rate is {source.rate!r}"
        raise Fault("opened it", seen, "rate is a whole number of frames a second, such as 48000")


@row("source", needs=("opens",))
def pulls(offered: Offered) -> None:
    """It gives sound in blocks of any length, without waiting"""
    source = opened(offered)
    try:
        for length in LENGTHS:
            did = f"pulled {length} frames"
            began = time.perf_counter()
            with doing(did, "return what is there: silence, or an empty block (0, channels)"):
                block = source.pull(length)
            check_block(block, did)
            if time.perf_counter() - began > SLOW_S:
                seen = f"it took {time.perf_counter() - began:.1f} s"
                raise Fault(did, seen, "return what is there by now; read in a thread of your own")
    finally:
        source.close()


def check_block(block: Any, did: str) -> None:
    """A :class:`Fault` unless a block is (n, channels) float32, finite."""
    form = "return float32 of shape (n, channels)"
    if not isinstance(block, np.ndarray):
        raise Fault(did, f"it returned a {type(block).__name__}", form)
    if block.ndim != 2 or block.shape[1] < 1 or block.dtype != np.float32:
        raise Fault(did, f"it returned {block.dtype} of shape {block.shape}", form)
    if not np.isfinite(block).all():
        raise Fault(did, "it has values that are not numbers", "check what the device delivers")


@row("source", needs=("opens",))
def closes(offered: Offered) -> None:
    """It closes, twice too, and opens again"""
    source = opened(offered)
    with doing("closed it twice", "closing what is closed is harmless: keep no half-open state"):
        source.close()
        source.close()
    again = opened(offered)
    with doing("opened it again and pulled", "open everything anew in open()"):
        again.pull(480)
        again.close()


def sent(offered: Offered) -> Any:
    """The output, open; or :class:`NotHere` with what it says of this machine."""
    try:
        return offered.offer.make(offered.sample or "check")
    except RuntimeError as error:
        raise NotHere(f"it does not open here: {error}") from None


@row("output")
def shows(offered: Offered) -> None:
    """It opens, or says in one line why not, and takes pictures of any size"""
    with doing("opened it", "raise RuntimeError with one line that says why not"):
        output = sent(offered)
    rng = np.random.default_rng(0)
    try:
        for height, width in ((64, 64), (64, 64), (33, 97), (128, 64)):
            pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
            kept = pixels.copy()
            did = f"sent a picture of {width} x {height}"
            began = time.perf_counter()
            with doing(did, "take (H, W, 3) uint8 of any size, which may change while it plays"):
                output.send(pixels)
            if time.perf_counter() - began > SLOW_S:
                seen = f"it took {time.perf_counter() - began:.1f} s"
                raise Fault(did, seen, "hand slow work to a thread, and drop what is late")
            if not np.array_equal(pixels, kept):
                raise Fault(did, "it changed the picture", "work on pixels.copy()")
    finally:
        with doing("closed it", "close() lets go of everything"):
            output.close()


@row("source", "output")
def leaves_nothing(offered: Offered) -> None:
    """Opened and closed, it leaves what belongs to all as it was"""

    def use() -> None:
        found = opened(offered) if offered.kind == "source" else sent(offered)
        found.close()

    for piece in PIECES:
        said = left_alone(piece, use)
        if said:
            raise Fault("opened and closed it", said, piece.change)


class Bomb:
    """Pickled, it makes a folder when it is read by who runs the code in files."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (self.folder,)


def foreign_files() -> Iterator[tuple[str, bytes]]:
    """Files that are no checkpoint of anybody: name, content."""
    yield "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
    yield "notes.txt", b"These are not the weights you are looking for.\n" * 8
    yield "noise.bin", np.random.default_rng(0).bytes(4096)
    yield "short.bin", b"\x00"


@row("loader")
def declines(offered: Offered) -> None:
    """A file that is not of its format is left to others: None"""
    for name, data in foreign_files():
        did = f"gave it {name}"
        change = "look at the first bytes, and return None for what is of another format"
        with doing(did, change):
            found = offered.offer.make(data, Path(name), Card())
        if found is not None:
            raise Fault(did, f"it returned a {type(found).__name__}", change)


@row("loader")
def runs_no_code(offered: Offered) -> None:
    """A pickle that carries code is not run"""
    with tempfile.TemporaryDirectory() as folder:
        trap = Path(folder) / "sprung"
        data = pickle.dumps(Bomb(str(trap)))
        for suffix in (".pth", ".pt", ".ckpt", ".pkl", ".bin"):
            did = f"gave it a pickle{suffix} that would run code"
            change = "raise ModelError, or return None; read with torch.load(weights_only=True)"
            try:
                found = offered.offer.make(data, Path(folder) / f"model{suffix}", Card())
            except ModelError:
                found = None
            except Exception as error:
                if not trap.exists():
                    raise Fault(did, f"{type(error).__name__}: {error}", change) from error
                found = None
            if trap.exists():
                raise Fault(did, "the code was run", change)
            if found is not None:
                raise Fault(did, f"it returned a {type(found).__name__}", change)


def sample_of(offered: Offered) -> bytes:
    """The bytes of a checkpoint that the loader reads."""
    if not offered.sample:
        raise NotHere("give it a checkpoint to read: --sample FILE")
    return Path(offered.sample).read_bytes()


@row("loader")
def reads(offered: Offered) -> None:
    """A checkpoint of its format is read"""
    data = sample_of(offered)
    with doing(f"read {offered.sample}", "return a livegan.generators.Checkpoint"):
        found = offered.offer.make(data, Path(offered.sample), Card())
    if not isinstance(found, Checkpoint):
        seen = f"it returned {'None' if found is None else 'a ' + type(found).__name__}"
        raise Fault(f"read {offered.sample}", seen, "return a livegan.generators.Checkpoint")


@row("loader", needs=("reads",))
def damage(offered: Offered) -> None:
    """A damaged checkpoint is refused with a ModelError"""
    data = sample_of(offered)
    change = "raise livegan.generators.ModelError with one line: what is wrong, what to do"
    for part in (0.05, 0.5, 0.95):
        did = f"gave it the first {part:.0%} of {Path(offered.sample).name}"
        try:
            found = offered.offer.make(data[: int(part * len(data))], Path(offered.sample), Card())
        except ModelError:
            continue
        except Exception as error:
            raise Fault(did, f"{type(error).__name__}: {str(error)[:80]}", change) from error
        if found is not None:
            raise Fault(did, "it was taken for whole", change)
