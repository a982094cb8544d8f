"""Where a frame finds what live sources delivered: newest pictures by the name of the source."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from livegan.ipc.picture_ring import PictureRing
from livegan.picture_file import SUFFIXES
from livegan.picture_sources.arrivals import Arrivals
from livegan.picture_sources.clip import Clip
from livegan.picture_sources.source import FILES, TEST, Pixels, SourceName, Wanted
from livegan.picture_sources.stand_in import given_for, unused_stand_ins
from livegan.picture_sources.still_files import read_still

PATTERN_S = 10.0
"""After how many seconds the test pattern of a rehearsal comes again."""


@dataclass(frozen=True)
class Newest:
    """The newest picture of a source; ``serial`` differs when it is another one."""

    pixels: Pixels
    serial: int


class Board(Protocol):
    """What nodes ask for live pictures."""

    waits: bool
    """Whether a frame may wait for a film to be decoded: True on a virtual clock."""

    def newest(self, name: SourceName, at: float, after: int, wanted: Wanted) -> Newest | None:
        """A picture newer than serial ``after``, else None. Never waits in a show.

        ``at`` is the time of the frame, in seconds of the show.
        """

    def here(self, name: SourceName) -> bool:
        """Whether the source delivers pictures now."""

    def age(self, name: SourceName) -> float:
        """Seconds since it delivered one; 0 where it is not known."""

    def want(self, name: SourceName, wanted: Wanted) -> None:
        """Have it opened beside what plays; pictures follow when it is open."""

    def stand_in(self, name: SourceName) -> str:
        """The file that is played in place of it (``--with``), ``"test"``; empty if none."""

    def note(self, text: str) -> None:
        """A line for the performer."""


class NoSources:
    """Nothing delivers: where a set is only checked, or drawn for a picture of its own."""

    waits = True

    def newest(self, name: SourceName, at: float, after: int, wanted: Wanted) -> Newest | None:
        """None."""
        return None

    def here(self, name: SourceName) -> bool:
        """False."""
        return False

    def age(self, name: SourceName) -> float:
        """0."""
        return 0.0

    def want(self, name: SourceName, wanted: Wanted) -> None:
        """Nothing is opened."""

    def stand_in(self, name: SourceName) -> str:
        """None."""
        return ""

    def note(self, text: str) -> None:
        """Nobody reads it."""


def is_file(name: SourceName | str) -> bool:
    """Whether it is a file, which is always here, as in a rehearsal."""
    return str(name).partition(":")[0] in FILES


Ask = Callable[[Sequence[SourceName], Wanted, bool], None]


class RingBoard:
    """Pictures out of the rings that the stage's guests write."""

    waits = False

    def __init__(
        self,
        note: Callable[[str], None] = lambda text: None,
        ask: Ask = lambda names, wanted, only: None,
        clock: Callable[[], float] = time.monotonic,
        given: Mapping[str, str] | None = None,
    ) -> None:
        """``ask(names, wanted, only)`` has the stage open sources: see `use` and `want`.

        ``given`` is what ``--with`` says, by source.
        """
        self.note, self._ask, self._given = note, ask, given or {}
        self._told: set[str] = set()
        self._rings: Mapping[str, PictureRing] = {}
        self._arrivals: dict[str, Arrivals] = {}
        self._clock = clock

    def want(self, name: SourceName, wanted: Wanted) -> None:
        """Ask the stage to open it."""
        self._ask([name], wanted, False)

    def use(self, names: Sequence[SourceName], wanted: Wanted) -> None:
        """Tell the stage that these, and no others, are on the air."""
        self._ask(names, wanted, True)

    def check_stand_ins(self, names: Sequence[SourceName]) -> None:
        """Say once which of ``--with`` is for no source of the set on the air."""
        for line in unused_stand_ins(self._given, names):
            if line not in self._told:
                self._told.add(line)
                self.note(line)

    def stand_in(self, name: SourceName) -> str:
        """What ``--with`` gives for it; the stage opens that in place of a live source."""
        return given_for(name, self._given)

    def follow(self, rings: Mapping[str, str]) -> None:
        """Attach the rings by their names, as the stage says; those that went are let go."""
        attached: dict[str, PictureRing] = {}
        for source, ring in rings.items():
            known = self._rings.get(source)
            if known is not None and known.name == ring:
                attached[source] = known
                continue
            try:
                attached[source] = PictureRing.attach(ring)
            except (FileNotFoundError, ValueError):  # it went meanwhile; the stage says so next
                continue
        self._rings = attached

    def newest(self, name: SourceName, at: float, after: int, wanted: Wanted) -> Newest | None:
        """The newest picture of that source's ring."""
        ring = self._rings.get(str(name))
        picture = ring.latest(after) if ring is not None else None
        if picture is None:
            return None
        self._arrivals.setdefault(str(name), Arrivals()).came(self._clock())
        return Newest(picture.pixels, picture.serial)

    def here(self, name: SourceName) -> bool:
        """Whether the stage has a ring for it, and pictures came lately: see `Arrivals`."""
        if is_file(name):
            return True
        arrivals = self._arrivals.get(str(name))
        return str(name) in self._rings and arrivals is not None and arrivals.here(self._clock())

    def age(self, name: SourceName) -> float:
        """Seconds since a frame took a new picture of it; endless before the first one."""
        if is_file(name):
            return 0.0
        arrivals = self._arrivals.get(str(name))
        return math.inf if arrivals is None else arrivals.age(self._clock())


class StandIns:
    """What takes the place of live sources in a rehearsal: films, picture files, a test pattern.

    ``given`` is what ``--with`` says, by source: ``{"camera:FaceTime": "clip.mp4"}``; ``camera``
    alone stands for every camera. A source without one shows a moving test pattern, and ``note``
    is told so once.
    """

    waits = True

    def __init__(self, given: Mapping[str, str], note: Callable[[str], None]) -> None:
        self._given = dict(given)
        self.note = note
        self._told: set[str] = set()
        self._open: dict[tuple[str, Wanted], Clip | Pixels | None] = {}

    def newest(self, name: SourceName, at: float, after: int, wanted: Wanted) -> Newest | None:
        """The stand-in's picture at that time of the show; films go round."""
        key = str(name), wanted
        if key not in self._open:
            self._open[key] = self._opened(name, wanted)
        found = self._open[key]
        if found is None:
            return Newest(pattern(at, wanted), after + 1)
        if isinstance(found, Clip):
            return Newest(found.at(at % found.duration), after + 1)
        return Newest(found, 1) if after < 1 else None

    def here(self, name: SourceName) -> bool:
        """True: the stand-in is always there."""
        return True

    def age(self, name: SourceName) -> float:
        """0."""
        return 0.0

    def want(self, name: SourceName, wanted: Wanted) -> None:
        """Nothing is opened: files stand in."""

    def stand_in(self, name: SourceName) -> str:
        """What ``--with`` gives for it, by its whole name or by its kind."""
        return given_for(name, self._given)

    def _opened(self, name: SourceName, wanted: Wanted) -> Clip | Pixels | None:
        given = self.stand_in(name)
        if given in ("", TEST):
            if not given and name.argument != TEST and str(name) not in self._told:
                self._told.add(str(name))
                self.note(
                    f"{name}: a test pattern stands in for it; give a film or a picture with "
                    f'--with "{name}=clip.mp4"'
                )
            return None
        path = Path(given).expanduser()
        if path.suffix.lower() in SUFFIXES:
            return read_still(path, wanted)
        return Clip(path, wanted)


def pattern(at: float, wanted: Wanted) -> Pixels:
    """A moving test pattern: bars of colour that drift, and a disc that goes round in 10 s."""
    height, width = wanted.height, wanted.width
    x = np.arange(width)[None, :] / width
    y = np.arange(height)[:, None] / height
    turn = at / PATTERN_S % 1.0
    bars = np.floor((x + turn) * 8 % 8).astype(np.int64)
    colours = np.array(
        [
            (191, 191, 191),
            (191, 191, 0),
            (0, 191, 191),
            (0, 191, 0),
            (191, 0, 191),
            (191, 0, 0),
            (0, 0, 191),
            (40, 40, 40),
        ],
        np.uint8,
    )
    picture = np.ascontiguousarray(np.broadcast_to(colours[bars], (height, width, 3)))
    angle = 2 * np.pi * turn
    across = (x - 0.5) * width - 0.3 * min(height, width) * np.cos(angle)
    down = (y - 0.5) * height - 0.3 * min(height, width) * np.sin(angle)
    picture[across**2 + down**2 < (0.12 * min(height, width)) ** 2] = 235
    return picture
