"""Keeps open the picture sources that the program on air, or one that is proven, names."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from livegan.ipc.picture_ring import PictureRing
from livegan.picture_sources.source import SourceName, Wanted
from livegan.picture_sources.stand_in import given_for, stands_in
from livegan.stage.outputs.guest import Guest
from livegan.stage.record.throttled_notes import ThrottledNotes

RETRY = 1.0  # seconds between tries to open a source that is away
UNAVAILABLE = 30.0  # seconds between tries where the machine lacks a package or a system for it
UNUSED = 30.0  # seconds that a source stays open when no program names it any more
LOOK = 0.1  # seconds between looks at what a guest says
SLOTS = 4

Note = Callable[[str], None]
StartGuest = Callable[[str, dict[str, Any]], Any]


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
        """``given`` is a file that is played in place of the source, ``"test"`` a test pattern."""
        self.name, self.wanted = name, wanted
        self.ring = PictureRing.create(1, wanted.room, slots=SLOTS)
        self._options = {
            "source": name.kind,
            "argument": name.argument,
            "height": wanted.height,
            "width": wanted.width,
            "ring": self.ring.name,
            "folder": str(folder),
            "given": given,
        }
        self._note, self._start = ThrottledNotes(note), start
        self._over = threading.Event()
        self._said = ""
        if given:
            self._note(f"{name}: {stands_in(given)} stands in for it (--with)")
        self._wait = RETRY
        self.here = False
        """Whether it is open."""
        self._thread = threading.Thread(target=self._keep, name=f"source {name}", daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._over.is_set():
            try:
                guest = self._start("grab", self._options)
            except OSError as error:
                self._away(f"cannot be started ({error})")
            else:
                self._listen(guest)
            self._over.wait(self._wait)

    def _listen(self, guest: Any) -> None:
        """Hear what it says until it is gone."""
        why, lacking = "", False
        while not self._over.is_set():
            message = guest.next(LOOK)
            if message is None:
                if guest.gone:
                    why = why or guest.how()
                    break
            elif message["type"] == "open":
                self._came()
            elif message["type"] == "note":
                self._note(f"{self.name}: {message['text']}")
            elif message["type"] in ("failed", "unavailable"):
                why, lacking = str(message["text"]), message["type"] == "unavailable"
        self._wait = UNAVAILABLE if lacking else RETRY
        if not self._over.is_set():
            self._away(why, lacking)
        self.here = False
        guest.close()

    def _came(self) -> None:
        if self._said:
            self._note(f"{self.name} is back")
            self._said = ""
        self.here = True

    def _away(self, why: str, lacking: bool = False) -> None:
        """Say once why it is not here."""
        self.here = False
        if why != self._said:
            self._said = why or "it ended"
            what = "is not available" if lacking else "is away and is waited for"
            self._note(f"{self.name} {what}: {self._said}")

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
    """The sources of a show. `want` and `look` are called on one thread; nothing waits there."""

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
            if there is not None and wanted.room <= there.wanted.room:
                continue
            if there is not None:
                self._end(there)
            given = given_for(name, self._stand_ins)
            self._open[text] = PictureGuest(
                name, wanted, self._folder, self._note, self._start, given
            )
        self._wanted = frozenset(named) if only else self._wanted | frozenset(named)
        self.look()
        return self.rings()

    def rings(self) -> dict[str, str]:
        """The names of the picture rings, by source."""
        return {text: guest.ring.name for text, guest in self._open.items()}

    def states(self) -> dict[str, bool]:
        """Which sources there are, and whether each is here."""
        return {text: guest.here for text, guest in self._open.items()}

    def look(self) -> None:
        """Close what no program has named for half a minute."""
        now = self._clock()
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
        for guest in self._open.values():
            guest.stop()
        for guest in self._open.values():
            guest.close()
        self._open.clear()
