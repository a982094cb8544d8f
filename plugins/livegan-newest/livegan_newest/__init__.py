"""A picture source for livegan: the newest picture of a folder, as soon as it is there."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from livegan.picture_sources.source import PictureSourceError, Pixels, Wanted
from livegan.picture_sources.still_files import pictures_in, read_still
from livegan.plugin import RegisterOffer, hookimpl

LOOK_S = 0.2
"""Seconds between looks into the folder; a read may not wait longer."""
AGAIN_S = 0.5
"""A source counts as away when it is silent for 2 s, so an unchanged picture is sent again."""


class Newest:
    """The picture file of a folder that was written last."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        self.folder, self.wanted = folder, wanted
        self.closed = threading.Event()
        self.pixels: Pixels | None = None
        self.seen: tuple[Path, int, int] | None = None
        """File, time and size of the picture that is shown."""
        self.sent = 0.0
        self.look()

    def look(self) -> bool:
        """Read the newest file if it is another one; True if there is a new picture.

        Raises
        ------
        PictureSourceError
            If the folder cannot be read, or has no picture in it.
        """
        for path in sorted(pictures_in(self.folder), key=changed, reverse=True):
            mark = (path, changed(path), size_of(path))
            if mark == self.seen:
                return False
            try:
                self.pixels = read_still(path, self.wanted)
            except PictureSourceError:  # it is still being written: the one before stays
                continue
            self.seen = mark
            return True
        return False

    def read(self) -> Pixels | None:
        """The newest picture when it is a new one, and again every half second."""
        if self.closed.wait(LOOK_S):
            return None
        if not self.look() and time.monotonic() - self.sent < AGAIN_S:
            return None
        self.sent = time.monotonic()
        return self.pixels

    def close(self) -> None:
        """End a read that waits."""
        self.closed.set()


def changed(path: Path) -> int:
    """When a file was written, in nanoseconds; 0 if it has gone meanwhile."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def size_of(path: Path) -> int:
    """Bytes of a file; 0 if it has gone meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def open_newest(argument: str, wanted: Wanted, *, folder: Path) -> Newest:
    """The source that ``newest("inbox")`` means; ``folder`` is the one that the show is played
    from."""
    if not argument:
        raise PictureSourceError('newest: name a folder, such as newest("inbox")')
    place = folder / Path(argument).expanduser()
    if not place.is_dir():
        raise PictureSourceError(f"newest: there is no folder {place}")
    return Newest(place, wanted)


@hookimpl
def register_picture_sources(register: RegisterOffer) -> None:
    """Offer it as ``newest("inbox")``."""
    register(open_newest, "newest", "the newest picture of a folder")
