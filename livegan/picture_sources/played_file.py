"""In a show, a film, a picture file or a test pattern in place of a live source: ``--with``.

It is read in the process of the source, by the clock of the machine, as what it stands for would.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from livegan.picture_file import SUFFIXES
from livegan.picture_sources.camera import PATTERN
from livegan.picture_sources.clip import Clip, ClipFrame
from livegan.picture_sources.grabbing import Grabber
from livegan.picture_sources.source import TEST, PictureSource, Pixels, Wanted
from livegan.picture_sources.still_files import read_still

WAIT = 0.2  # seconds that `read` waits for a picture
STILL = 0.5  # seconds after which a picture that does not change is delivered again


def open_played_file(given: str, wanted: Wanted) -> PictureSource:
    """A film that goes round, a picture file, or the test pattern ``"test"``.

    Raises
    ------
    PictureSourceError
        If the file cannot be read.
    """
    if given == TEST:
        return Grabber("test pattern", PATTERN, wanted, format="lavfi")
    path = Path(given)
    if path.suffix.lower() in SUFFIXES:
        return PlayedPicture(read_still(path, wanted))
    return PlayedFilm(Clip(path, wanted))


class PlayedFilm:
    """A film that goes round and round; a slow machine leaves frames out."""

    def __init__(
        self,
        clip: Clip,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clip, self._clock, self._sleep = clip, clock, sleep
        self._begun: float | None = None
        self._shown: ClipFrame | None = None
        self._round = 0

    def read(self) -> Pixels | None:
        """The next picture, waiting for its time, at most 0.2 s; see `PictureSource.read`."""
        now = self._clock()
        if self._begun is None:
            self._begun = now
        duration = self._clip.duration
        if self._shown is not None:
            until = min(self._shown.until, duration)
            due = self._begun + self._round * duration + until - now
            if due > 0:
                self._sleep(min(due, WAIT))
                if due > WAIT:
                    return None
                now = max(self._clock(), now + due)
        rounds, place = divmod(now - self._begun, duration)
        self._round = int(rounds)
        self._shown = self._clip.frame(place)
        return self._shown.pixels

    def close(self) -> None:
        """Close the file."""
        self._clip.close()


class PlayedPicture:
    """A picture file, delivered twice a second."""

    def __init__(self, pixels: Pixels, sleep: Callable[[float], None] = time.sleep) -> None:
        self._pixels, self._sleep = pixels, sleep
        self._waited = STILL

    def read(self) -> Pixels | None:
        """The picture, or None within half a second of the last one."""
        if self._waited < STILL:
            self._sleep(WAIT)
            self._waited += WAIT
            return None
        self._waited = 0.0
        return self._pixels.copy()

    def close(self) -> None:
        """There is nothing to close."""
