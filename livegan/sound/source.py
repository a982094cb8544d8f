"""What a source of sound is, and how a performer names one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Note = Callable[[str], None]


class SourceGone(Exception):
    """A source that played and no longer does: why, in one line."""


class Source(Protocol):
    """What `Listening` pulls sound from, in its own thread."""

    name: str
    """What notes call it."""
    rate: int
    """Frames a second; known once it is open."""

    def open(self, note: Note) -> None:
        """Begin, or begin again after it was gone; `SourceError` if it cannot.

        A show does not begin with a source that fails so, unless it is with `SourceAway`: that is
        opened again every second. ``note`` takes lines for the performer, from any thread.
        """

    def pull(self, frames: int) -> Array:
        """Sound that is there by now, (n, channels) float32, without waiting.

        ``frames`` would bring the show up to date: a source without a clock of its own gives so
        many; one with a clock (a device) gives all it has. `SourceGone` if there will be no more.
        """

    def close(self) -> None:
        """Let go of the device or file; closing twice is harmless."""


KINDS = "--audio also takes a sound file, an address (udp://..., http://...), demo or silence"
"""What there is besides devices, for those who named none of them."""
FILES = (
    "--audio also takes the name of an input (see `livegan devices`), an address, demo or silence"
)
"""What there is besides files."""

SUFFIXES = frozenset({".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aiff", ".mp4", ".mov"})
"""Endings by which a name is known for that of a sound file."""
