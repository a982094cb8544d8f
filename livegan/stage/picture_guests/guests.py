"""Keeps open the picture sources that the program on air, or one that is proven, names."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from livegan.ipc.picture_ring import RGBA, PictureRing
from livegan.ipc.shared_memory import NoRoom
from livegan.picture_sources.arrivals import Arrivals
from livegan.picture_sources.source import SourceName, Wanted
from livegan.picture_sources.stand_in import given_for, stands_in
from livegan.stage.outputs.guest import Guest
from livegan.stage.record.throttled_notes import ThrottledNotes

DELIVER = "livegan.stage.picture_guests.delivering:deliver"
"""What the process of a source runs, by name."""
RETRY = 1.0
"""Seconds until a process that ended is started again; twice as long after each that crashed."""
LONGEST = 15.0
"""Seconds that this grows to: starting processes that crash takes time from the show."""
UNAVAILABLE = 30.0
"""Likewise where the machine lacks a package or a system for it."""
STEADY = 30.0  # seconds after which a crash counts as the first
UNUSED = 30.0  # seconds that a source stays open when no program names it any more
LOOK = 0.1  # seconds between looks at what a guest says
SPARE = 1 << 20  # bytes of shared memory that are left free for an engine that starts
SMALLEST = 64  # pixels of the shorter side of a canvas that a source is made smaller for
STATE = "state"
"""Lines that a source goes and comes are counted by themselves: its own do not keep them out."""

Note = Callable[[str], None]
StartGuest = Callable[[str, dict[str, Any]], Any]


def ring_for(wanted: Wanted) -> tuple[PictureRing, Wanted]:
    """A ring for the pictures of a source, and the canvas whose pictures it holds: a smaller one
    where shared memory is short. Raises `NoRoom` if there is none for small ones either."""
    while True:
        try:
            return PictureRing.create(1, wanted.room, spare=SPARE, channels=RGBA), wanted
        except NoRoom:
            if min(wanted.height, wanted.width) * 2 // 3 < SMALLEST:
                raise
            wanted = Wanted(wanted.height * 2 // 3, wanted.width * 2 // 3)


class PictureGuest:
    """One source: its ring, and the thread that keeps its process going."""

    def __init__(
        self,
        name: SourceName,
        wanted: Wanted,
        folder: Path,
        note: Note,
        start: StartGuest = Guest,
        given: str = "",
    ) -> None:
        """``given`` is a file that is played in place of the source, ``"test"`` a test pattern.

        Raises `NoRoom` without shared memory for its pictures.
        """
        self.name, self.wanted = name, wanted
        self.ring, fitting = ring_for(wanted)
        self._options = {
            "source": name.kind,
            "argument": name.argument,
            "height": fitting.height,
            "width": fitting.width,
            "ring": self.ring.name,
            "folder": str(folder),
            "given": given,
        }
        self._note, self._start = ThrottledNotes(note), start
        self._over = threading.Event()
        self._said = ""
        if given:
            self._note(f"{name}: {stands_in(given)} stands in for it (--with)")
        if fitting != wanted:
            self._note(
                f"{name}: shared memory is small, so its pictures are made for a canvas of "
                f"{fitting.width} x {fitting.height}; enlarge /dev/shm (docker run --shm-size=512m)"
            )
        self._arrivals, self._serial = Arrivals(), 0
        self._crashes = 0
        self._thread = threading.Thread(target=self._keep, name=f"source {name}", daemon=True)
        self._thread.start()

    @property
    def here(self) -> bool:
        """Whether its pictures come."""
        return not self._over.is_set() and not self._said and self._arrivals.here(time.monotonic())

    def _keep(self) -> None:
        while not self._over.is_set():
            wait = RETRY
            try:
                guest = self._start(DELIVER, self._options)
            except OSError as error:
                self._away(f"cannot be started ({error})")
            else:
                try:
                    wait = self._listen(guest)
                finally:
                    guest.close()
            self._over.wait(wait)

    def _listen(self, guest: Any) -> float:
        """Hear what it says until it is gone; gives the seconds until the next is started."""
        why, lacking, began = "", False, time.monotonic()
        while not self._over.is_set():
            message = guest.next(LOOK)
            if message is not None and message["type"] == "note":
                self._note(f"{self.name}: {message['text']}")
            elif message is not None:
                why, lacking = str(message["text"]), message["type"] == "unavailable"
                self._away(why, lacking)
            if self._look():
                why = ""
            if message is None and guest.gone:
                break
        if self._over.is_set():
            return 0.0
        if why:  # it ended by itself, to be replaced
            return UNAVAILABLE if lacking else RETRY
        self._away(guest.how())
        self._crashes = self._crashes + 1 if time.monotonic() - began < STEADY else 1
        return min(RETRY * 2.0 ** (self._crashes - 1), LONGEST)

    def _look(self) -> bool:
        """Whether a new picture came since the last look: it is back."""
        serial = self.ring.newest
        if serial == self._serial:
            return False
        self._serial = serial
        self._arrivals.came(time.monotonic())
        if self._said:
            self._said = ""
            self._note(f"{self.name} is back", STATE)
        return True

    def _away(self, why: str, lacking: bool = False) -> None:
        """Say once why it is not here."""
        self._serial = self.ring.newest  # what it wrote before it said so is not its return
        if why != self._said:
            self._said = why or "it ended"
            what = "is not available" if lacking else "is away and is waited for"
            self._note(f"{self.name} {what}: {self._said}", STATE)

    def stop(self) -> None:
        """End it; its ring goes when the thread has ended. Does not wait."""
        self._over.set()

    def close(self, timeout: float = 4.0) -> None:
        """End it, wait, and remove the ring."""
        self._over.set()
        self._thread.join(timeout)
        self.ring.unlink()
        self.ring.close()


class PictureGuests:
    """The sources of a show. One thread calls `want`; the rest is for any."""

    def __init__(
        self,
        folder: Path,
        note: Note,
        *,
        clock: Callable[[], float] = time.monotonic,
        start: StartGuest = Guest,
        stand_ins: Mapping[str, str] | None = None,
    ) -> None:
        """``note`` takes lines for the performer, from any thread; ``stand_ins`` are files that are
        played in place of sources (``--with``)."""
        self._stand_ins = stand_ins or {}
        self._folder, self._note, self._clock, self._start = folder, note, clock, start
        self._open: dict[str, PictureGuest] = {}
        self._wanted: frozenset[str] = frozenset()
        self._unused: dict[str, float] = {}
        self._lock = threading.RLock()

    def want(
        self, names: Iterable[SourceName], wanted: Wanted, *, only: bool = True
    ) -> Mapping[str, str]:
        """Open what is named and not open; returns the names of all rings, by source.

        A canvas that outgrows a ring has its source opened anew. With ``only``, what is not named
        is used no more.
        """
        named = {str(name): name for name in names}
        for text, name in named.items():
            there = self._open.get(text)
            if there is None or wanted.room > there.wanted.room:
                self._begin(name, wanted)
        with self._lock:
            self._wanted = frozenset(named) if only else self._wanted | frozenset(named)
        self.look()
        return self.rings()

    def _begin(self, name: SourceName, wanted: Wanted) -> None:
        """Open a source, in place of the one whose ring is too small."""
        given = given_for(name, self._stand_ins)
        try:
            # Not under the lock: it takes up memory, and the window's thread does not wait.
            guest = PictureGuest(name, wanted, self._folder, self._note, self._start, given)
        except NoRoom as error:
            self._note(f"{name} is not available: {error}")
            return
        with self._lock:
            before, self._open[str(name)] = self._open.get(str(name)), guest
        if before is not None:
            self._end(before)

    def rings(self) -> dict[str, str]:
        """The names of the picture rings, by source."""
        with self._lock:
            return {text: guest.ring.name for text, guest in self._open.items()}

    def states(self) -> dict[str, bool]:
        """Which sources there are, and whether each is here."""
        with self._lock:
            return {text: guest.here for text, guest in self._open.items()}

    def look(self) -> None:
        """Close what no program has named for half a minute."""
        now = self._clock()
        with self._lock:
            for text in list(self._open):
                if text in self._wanted:
                    self._unused.pop(text, None)
                elif now - self._unused.setdefault(text, now) > UNUSED:
                    self._unused.pop(text)
                    self._end(self._open.pop(text))

    def _end(self, guest: PictureGuest) -> None:
        """Close one on a thread of its own: a driver may take its time."""
        guest.stop()
        threading.Thread(target=guest.close, name=f"closes {guest.name}", daemon=True).start()

    def close(self) -> None:
        """Close all, and wait for them."""
        with self._lock:
            guests, self._open = list(self._open.values()), {}
        for guest in guests:
            guest.stop()
        for guest in guests:
            guest.close()
