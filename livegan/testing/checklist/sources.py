"""Checks of sources: where sound comes from."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from livegan.plugin.calling import taken
from livegan.plugin.guard import said
from livegan.sound.sources import SourceError
from livegan.testing.blame import doing
from livegan.testing.checklist.offers import SLOW_S, Offered
from livegan.testing.checklist.state import PIECES, left_alone
from livegan.testing.rows import Flaw, NotHere, row

LENGTHS = (480, 1, 0, 4801, 33)


def opened(offered: Offered) -> Any:
    """The source, open; or :class:`NotHere` with what it says of this machine."""
    try:
        make = offered.offer.make
        given = {"note": lambda text: None, "folder": Path.cwd()}
        source = make(offered.sample, **taken(make, given))
        source.open(lambda text: None)
    except SourceError as error:
        raise NotHere(f"it does not open here: {said(error)}") from None
    return source


@row("source")
def opens(offered: Offered) -> None:
    """It opens, or says in one line why not"""
    with doing(
        "opened it",
        "raise livegan.sound.sources.SourceError with one line that says why not",
    ):
        source = opened(offered)
        source.close()
    for name in ("name", "rate"):
        if not hasattr(source, name):
            raise Flaw("opened it", f"it has no {name!r}", f"set self.{name} in open() or before")
    if not (isinstance(source.rate, int) and 8000 <= source.rate <= 768000):
        seen = f"its rate is {source.rate!r}"
        raise Flaw("opened it", seen, "rate is a whole number of frames a second, such as 48000")


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
                raise Flaw(did, seen, "return what is there by now; read in a thread of your own")
    finally:
        source.close()


def check_block(block: Any, did: str) -> None:
    """A :class:`Flaw` unless a block is (n, channels) float32, finite."""
    form = "return float32 of shape (n, channels)"
    if not isinstance(block, np.ndarray):
        raise Flaw(did, f"it returned a {type(block).__name__}", form)
    if block.ndim != 2 or block.shape[1] < 1 or block.dtype != np.float32:
        raise Flaw(did, f"it returned {block.dtype} of shape {block.shape}", form)
    if not np.isfinite(block).all():
        raise Flaw(did, "it has values that are not numbers", "check what the device delivers")


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


@row("source", needs=("opens",))
def leaves_nothing(offered: Offered) -> None:
    """Opened and closed, it leaves what belongs to all as it was"""

    def use() -> None:
        opened(offered).close()

    for piece in PIECES:
        said = left_alone(piece, use)
        if said:
            raise Flaw("opened and closed it", said, piece.change)
