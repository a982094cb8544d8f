"""A stream: one picture on its way from the engine to every output that shows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.picture_ring import DrawingTimes, PictureRing, RingPicture
from livegan.stage.fallback.fallbacks import Chosen, Fallbacks
from livegan.stage.fallback.ladder import Asked, Rung
from livegan.stage.flash.flash_guard import FlashGuard
from livegan.stage.streams.blackout import Blackout, darkened
from livegan.stage.streams.formats import Format, Formats

Pixels = NDArray[np.uint8]

AGAIN = 0.25
"""Seconds after which the same picture is given again: a receiver that hears nothing for long takes
its sender for gone."""
STEP = 1 / 60
"""Seconds from one step of the blackout's fade to the next."""


@dataclass(frozen=True)
class StreamRequest:
    """What the performer asks of all streams at once."""

    asked: Asked = ""
    """The rung of the ladder that the picture is held on."""
    black: bool = False
    """Blackout."""


@dataclass(frozen=True)
class StreamPicture:
    """What the audience sees: the newest picture after ladder, blackout and flash guard."""

    pixels: Pixels
    """(H, W, 3) uint8 RGB. Not to be changed. In a fallback it may be smaller than the set's
    picture; `Stream.formed` enlarges it."""
    serial: int
    """Counts the stream's pictures from 1, over all engines."""
    live: int
    """Counts the engine's pictures that were taken, likewise; 0 before the first."""
    at: float
    """Seconds, on the stage's monotonic clock."""
    sound_position: int
    """Samples: of the newest sound in a live picture, of the newest that was heard otherwise. Never
    less than before."""
    version: int
    """The program's; 0 before the first."""
    frame: int
    """The engine's count of frames."""
    rung: Rung
    darkness: float
    """How far the performer's blackout is, 0..1."""
    fill: bool = False
    """It has no shape of its own and fills whatever shows it."""
    times: DrawingTimes | None = None
    """Of a live picture of the engine that is new; None for a fade, or what stands in for one."""


@dataclass
class Counts:
    """What a stream did so far."""

    given: int = 0
    live: int = 0


class Stream:
    """One distinct picture that a set shows.

    `look` is called again and again on one thread, that of `livegan.stage.streams.streams`; an
    output takes the newest picture on a thread of its own with `wait`. An output that is slow
    misses pictures and delays nobody.
    """

    def __init__(
        self, name: str, guard: FlashGuard, fallbacks: Fallbacks, ring: PictureRing | None = None
    ) -> None:
        """``ring`` is where the engine's pictures come from, if there is one already."""
        self.name, self.guard, self.fallbacks = name, guard, fallbacks
        self.newest: StreamPicture | None = None
        """What the audience sees now; may be read from any thread."""
        self.picture: RingPicture | None = None
        """The engine's picture that was taken last."""
        self.formats = Formats()
        self.counts = Counts()
        self.size: tuple[int, int] | None = None
        """Width and height of the set's picture; None before the first."""
        self._source = _Source(ring)
        self._blackout = Blackout()
        self._chosen: Chosen | None = None
        self._given_at = float("-inf")
        self._began: float | None = None
        self._position = 0
        self._came = threading.Condition()

    # For outputs, on any thread ------------------------------------------------------------------

    def wait(self, seen: StreamPicture | None, seconds: float) -> StreamPicture | None:
        """The newest picture if it is another than ``seen``, waiting for it; None in vain."""
        if self.newest is seen:
            with self._came:
                self._came.wait_for(lambda: self.newest is not seen, seconds)
        newest = self.newest
        return None if newest is seen else newest

    def formed(self, picture: StreamPicture, wanted: Format) -> Pixels:
        """A picture of this stream in a format, at the size of the set's pictures if the format
        has none. The same for all who ask, and converted once."""
        size = wanted.size or self.size
        return self.formats.get(
            picture.pixels, Format(wanted.layout, size, wanted.flip, picture.fill)
        )

    @property
    def darkness(self) -> float:
        """How far the blackout is, 0..1."""
        return self._blackout.darkness

    @property
    def ring_name(self) -> str:
        """Of the ring that its pictures come from; "" for none."""
        ring = self._source.ring
        return ring.name if ring is not None else ""

    # On the streams' thread, but for `attach` ----------------------------------------------------

    def attach(self, ring: PictureRing | None) -> None:
        """From now on the engine's pictures come from this ring; its reader is closed here.

        From any thread. What is shown stays until the first picture comes.
        """
        self._source = _Source(ring, old=self._source)

    def look(self, now: float, hands: StreamRequest, engine: str, heard: int) -> None:
        """Take the newest picture and decide what is seen at ``now`` (s).

        ``engine`` is the supervisor's phase, ``heard`` the show's time in samples.
        """
        source = self._source
        source.close_old()
        came, picture = source.take(self.fallbacks.wants(hands.asked))
        chosen = self.fallbacks.show(
            picture.pixels if picture is not None else None,
            now,
            came=came,
            asked=hands.asked,
            engine=engine,
        )
        if picture is not None:
            self.picture = picture
            self.counts.live += 1
            self.size = (picture.pixels.shape[1], picture.pixels.shape[0])
        darkness, passed = self._blackout.darkness, now - self._given_at
        if chosen is not None or not 0 <= passed < STEP:
            self._blackout = self._blackout.look(now, hands.black)
        if chosen is not None:
            self._chosen = chosen
        fades = self._blackout.darkness != darkness
        if self._chosen is not None and (chosen or fades or not 0 <= passed < AGAIN):
            fresh = picture if chosen is not None and chosen.live else None
            position = fresh.sound_position if fresh else heard
            self._give(self._chosen, now, position, fresh.times if fresh else None)

    def _give(self, chosen: Chosen, now: float, position: int, times: DrawingTimes | None) -> None:
        """Hand over what was chosen, once it has gone through blackout and flash guard."""
        if self._began is None:
            self._began = now
        self._given_at = now
        self._position = max(self._position, position)  # a receiver's time never goes back
        self.counts.given += 1
        darkness = self._blackout.darkness
        given = StreamPicture(
            self.guard(darkened(chosen.pixels, darkness), now - self._began),
            self.counts.given,
            self.counts.live,
            now,
            self._position,
            self.picture.version if self.picture is not None else 0,
            self.picture.frame if self.picture is not None else 0,
            self.fallbacks.ladder.rung,
            darkness,
            chosen.fill,
            times,
        )
        with self._came:
            self.newest = given
            self._came.notify_all()

    def close(self) -> None:
        """Let go of the ring, on the thread that calls `look`, or after it has ended."""
        self.guard.finish()
        self._source.close()


@dataclass
class _Source:
    """The ring that an engine writes, and what of it was seen. On the streams' thread."""

    ring: PictureRing | None
    old: _Source | None = None
    newest: int = 0
    taken: int = 0

    def take(self, wanted: bool) -> tuple[bool, RingPicture | None]:
        """Whether a new picture came; and that, if it is wanted."""
        if self.ring is None:
            return False, None
        newest = self.ring.newest
        came, self.newest = newest > self.newest, newest
        picture = self.ring.latest(self.taken) if wanted else None
        if picture is not None:
            self.taken = picture.serial
        return came, picture

    def close_old(self) -> None:
        old, self.old = self.old, None
        if old is not None:
            old.close()

    def close(self) -> None:
        self.close_old()
        if self.ring is not None:
            self.ring.close()
