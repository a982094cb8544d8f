"""Checks of loaders: formats of checkpoints."""

from __future__ import annotations

import contextlib
import os
import pickle
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch

from livegan.generators import Card, Generator, ModelError, read_card
from livegan.generators.checkpoint import Checkpoint
from livegan.plugin.calling import taken
from livegan.plugin.guard import said
from livegan.testing.blame import doing
from livegan.testing.checklist.offers import Offered
from livegan.testing.rows import Flaw, NotHere, row
from livegan.testing.samples import checkpoint

THREADS, ROUNDS = 4, 8
"""How many pictures are painted at once, and how often."""


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
            raise Flaw(did, f"it returned a {type(found).__name__}", change)


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
                    raise Flaw(did, f"{type(error).__name__}: {said(error)}", change) from error
                found = None
            if trap.exists():
                raise Flaw(did, "the code was run", change)
            if found is not None:
                raise Flaw(did, f"it returned a {type(found).__name__}", change)


@contextlib.contextmanager
def sample_of(offered: Offered) -> Iterator[Path]:
    """A checkpoint that the loader reads."""
    if not offered.sample:
        raise NotHere(
            "give it a checkpoint to read, or a function that writes one into a folder: "
            "--sample FILE, --sample FILE.py:FUNCTION, or conformance(..., sample=function)"
        )
    with tempfile.TemporaryDirectory() as name:
        try:
            yield checkpoint(offered.sample, Path(name))
        except LookupError as error:
            raise Flaw("looked for a checkpoint to read", str(error), "name another") from None


@row("loader")
def reads(offered: Offered) -> None:
    """A checkpoint of its format is read, and paints"""
    with sample_of(offered) as file:
        did = f"read {file.name}"
        with doing(did, "return a livegan.generators.Checkpoint"):
            trusted = taken(offered.offer.make, {"trust": True})
            found = offered.offer.make(file.read_bytes(), file, read_card(file), **trusted)
        if not isinstance(found, Checkpoint):
            seen = f"it returned {'None' if found is None else 'a ' + type(found).__name__}"
            raise Flaw(did, seen, "return a livegan.generators.Checkpoint")
        condition = torch.rand(3, 64, 48, generator=torch.Generator().manual_seed(0))
        change = "its network takes (1, C, H, W) float32 in -1..1 of the size that fit() gives"
        with doing(f"{did} and let it paint", change):
            pictures = [Generator(found, "cpu").paint(condition) for _ in range(2)]
        if not torch.isfinite(pictures[0]).all():
            raise Flaw(f"{did} and let it paint", "its picture is not all numbers", change)
        if not torch.equal(*pictures):
            seen = "the same condition gave two pictures"
            raise Flaw(f"{did} and let it paint", seen, "seed what is random: it flickers")


@row("loader", needs=("reads",))
def several_at_once(offered: Offered) -> None:
    """A network that says it may run on several threads at once does"""
    with sample_of(offered) as file:
        found = offered.offer.make(file.read_bytes(), file, read_card(file))
        if not getattr(found.foreign, "concurrent", False):
            raise NotHere("it does not say concurrent = True: livegan runs it once at a time")
        painter = Generator(found, "cpu")
        random = torch.Generator().manual_seed(0)
        conditions = [torch.rand(3, 64, 48, generator=random) for _ in range(THREADS)]
        alone = [painter.paint(condition) for condition in conditions]
        did = f"read {file.name} and let it paint {THREADS} pictures at once"
        change = "keep nothing in the network between calls, or leave out concurrent = True"
        with ThreadPoolExecutor(THREADS) as pool, doing(did, change):
            for _ in range(ROUNDS):
                together = list(pool.map(painter.paint, conditions))
                for one, other in zip(alone, together, strict=True):
                    if not torch.equal(one, other):
                        raise Flaw(did, "a picture is not the one that it paints alone", change)


@row("loader", needs=("reads",))
def damage(offered: Offered) -> None:
    """A damaged checkpoint is refused with a ModelError"""
    change = "raise livegan.generators.ModelError with one line: what is wrong, what to do"
    with sample_of(offered) as file:
        data = file.read_bytes()
        for part in (0.05, 0.5, 0.95):
            did = f"gave it the first {part:.0%} of {file.name}"
            try:
                found = offered.offer.make(data[: int(part * len(data))], file, Card())
            except ModelError:
                continue
            except Exception as error:
                raise Flaw(did, f"{type(error).__name__}: {said(error)[:80]}", change) from error
            if found is not None:
                raise Flaw(did, "it was taken for whole", change)
