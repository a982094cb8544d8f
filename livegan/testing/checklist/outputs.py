"""Checks of outputs: where pictures are shown besides the window."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.plugin.calling import taken
from livegan.plugin.guard import said
from livegan.testing.blame import doing
from livegan.testing.checklist.offers import SLOW_S, Offered
from livegan.testing.checklist.state import PIECES, left_alone
from livegan.testing.rows import Flaw, NotHere, row

SHAPES = ((64, 64), (64, 64), (33, 97), (128, 64), (1, 1))
FPS = 30


class Sent:
    """An output that is open, and the pictures it was given."""

    def __init__(self, output: Any) -> None:
        self.output = output
        self.count = 0

    def picture(self, height: int, width: int) -> NDArray[np.uint8]:
        """Send a picture of noise, and return it as it is afterwards."""
        rng = np.random.default_rng(self.count)
        pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
        about = {"time": self.count / FPS, "frame": self.count, "version": 1}
        self.count += 1
        self.output.send(pixels, **taken(self.output.send, about))
        return pixels


@contextlib.contextmanager
def sending(offered: Offered) -> Iterator[Sent]:
    """The output, open in an empty working folder; :class:`NotHere` with what it says of this
    machine."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        try:
            with doing("opened it", "raise RuntimeError with one line that says why not"):
                sent = Sent(opened(offered, Path(name)))
            yield sent
            with doing("closed it", "close() lets go of everything"):
                sent.output.close()
        finally:
            os.chdir(before)


def opened(offered: Offered, folder: Path) -> Any:
    given = {"note": lambda text: None, "folder": folder}
    try:
        make = offered.offer.make
        return make(offered.sample or "check", **taken(make, given))
    except RuntimeError as error:
        raise NotHere(f"it does not open here: {said(error)}") from None


@row("output")
def shows(offered: Offered) -> None:
    """It opens, or says in one line why not, and takes pictures of any size"""
    with sending(offered) as sent:
        for height, width in SHAPES:
            did = f"sent a picture of {width} x {height}"
            with doing(did, "take (H, W, 3) uint8 of any size, which may change while it plays"):
                sent.picture(height, width)


@row("output", needs=("shows",))
def pictures_unchanged(offered: Offered) -> None:
    """It leaves the pictures it is given as they are"""
    with sending(offered) as sent:
        for height, width in SHAPES:
            rng = np.random.default_rng(sent.count)
            wanted = rng.integers(0, 256, (height, width, 3), np.uint8)
            if not np.array_equal(sent.picture(height, width), wanted):
                raise Flaw("looked at a picture it was sent", "it changed it", "work on a copy")


@row("output", needs=("shows",))
def waits(offered: Offered) -> None:
    """It takes less than half a second for a picture"""
    with sending(offered) as sent:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            sent.picture(256, 256)
            times.append(time.perf_counter() - began)
    if min(times) > SLOW_S:
        seen = f"{min(times):.1f} s for the fastest"
        raise Flaw(
            "sent three pictures of 256 x 256",
            seen,
            "hand slow work to a thread: what comes while it waits is left out of the output",
        )


@row("output", needs=("shows",))
def full_disk(offered: Offered) -> None:
    """Where nothing can be written it says so in a RuntimeError, and the next picture is tried"""
    try:
        import resource
    except ImportError:
        raise NotHere("a full disk cannot be pretended on this machine") from None
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    change = "raise RuntimeError with one line from send(), and stay open for the next picture"
    with sending(offered) as sent:
        # No file may grow by a byte: what a full disk does, to whatever writes.
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            for _ in range(2):
                did = "sent it pictures with the disk full"
                # What it prints goes to a file, too, and is no concern of this check.
                silent = contextlib.redirect_stdout(io.StringIO())
                with silent, doing(did, change), contextlib.suppress(RuntimeError):
                    sent.picture(64, 64)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        with doing("sent it pictures after the disk was full", change):
            sent.picture(64, 64)


@row("output", needs=("shows",))
def leaves_nothing(offered: Offered) -> None:
    """Opened, used and closed, it leaves what belongs to all as it was"""

    def use() -> None:
        with sending(offered) as sent:
            sent.picture(64, 64)

    for piece in PIECES:
        said = left_alone(piece, use)
        if said:
            raise Flaw("opened it, sent a picture, and closed it", said, piece.change)
