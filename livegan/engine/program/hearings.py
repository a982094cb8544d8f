"""The sounds of a player: the show's own, and by key the others that a set listens to.

All are up to the same moment and have one count of beats, that of the show's own sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import numpy as np

from livegan.ipc.sound_ring import SoundRing, ring_of
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, INDEX, Rows
from livegan.sound.history import Array, Hearing, History, Sound

CLOCKS = [INDEX["bpm"], INDEX["beats"]]
AGAIN = RATE
"""Samples of the show between two looks for a sound that nobody makes."""


class Sounds(Protocol):
    """Where the sounds of sets come from."""

    def history(self, key: str) -> History | None:
        """That of a key: the same object as long as it is the same sound; None while nobody makes
        it."""

    def close(self) -> None:
        """Let go of all."""


class NoSounds:
    """Nobody makes a sound but the show."""

    def history(self, key: str) -> History | None:
        """None."""
        return None

    def close(self) -> None:
        """Nothing to let go of."""


class GivenSounds:
    """Recorded ones, by key: a rehearsal's. ``instead`` stands for named inputs that are not given;
    keys of other sounds have a colon."""

    def __init__(self, histories: Mapping[str, History], instead: History | None = None) -> None:
        self.histories, self.instead = histories, instead

    def history(self, key: str) -> History | None:
        """That of a key."""
        return self.histories.get(key, None if ":" in key else self.instead)

    def close(self) -> None:
        """Nothing to let go of."""


class RingSounds:
    """The sound rings of a show, found by their names once they are made; see `ring_of`."""

    def __init__(self, main: SoundRing) -> None:
        self._main = main
        self._rings: dict[str, SoundRing] = {}
        self._looked: dict[str, int] = {}

    def history(self, key: str) -> History | None:
        """The ring of a key, looked for once a second while it is not there, or nobody writes it:
        it may have been made anew."""
        ring = self._rings.get(key)
        position = self._main.position
        if ring is not None and position - ring.position < AGAIN:
            return ring
        if position - self._looked.get(key, -AGAIN) < AGAIN:
            return ring
        self._looked[key] = position
        try:
            found = SoundRing.attach(ring_of(self._main.name, key))
        except (OSError, ValueError):  # not there, or not whole yet
            return ring
        if ring is not None and found.position <= ring.position:
            found.close()
            return ring
        self._rings[key] = found
        return found

    def close(self) -> None:
        """Let go of all."""
        for ring in self._rings.values():
            ring.close()
        self._rings.clear()


class OneClock:
    """The history of a sound that shares the show's position and count of beats; silence if there
    is none."""

    def __init__(self, show: History, own: History | None) -> None:
        self.show, self.own = show, own

    @property
    def position(self) -> int:
        """Samples heard so far."""
        return self.show.position if self.own is None else self.own.position

    @property
    def hops(self) -> int:
        """Hops analysed so far."""
        return self.show.hops if self.own is None else self.own.hops

    def samples(self, start: int, stop: int) -> Array:
        """(stop - start, 2) float32."""
        if self.own is None:
            return np.zeros((max(0, stop - start), 2), np.float32)
        return self.own.samples(start, stop)

    def features(self, start: int, stop: int) -> Rows:
        """(stop - start, F) float64, with the tempo and the beats of the show."""
        if self.own is None:
            rows: Rows = np.zeros((max(0, stop - start), len(FEATURES)))
        else:
            rows = self.own.features(start, stop)
        rows[:, CLOCKS] = self.show.features(start, stop)[:, CLOCKS]
        return rows


class HeardNow:
    """The sounds up to one moment, each viewed when it is asked for."""

    def __init__(self, hearing: Callable[[str], Hearing], position: int) -> None:
        self._hearing, self._position = hearing, position
        self._found: dict[str, Sound] = {}

    def of(self, key: str) -> Sound:
        """The sound of a key; one whose newest hops are still to come, up to those it has."""
        if key not in self._found:
            hearing = self._hearing(key)
            self._found[key] = hearing.at(min(self._position, hearing.newest))
        return self._found[key]

    @property
    def positions(self) -> dict[str, int]:
        """Up to which sample those that were asked for are heard, by key."""
        return {key: sound.position for key, sound in self._found.items()}

    def before(self, position: int) -> HeardNow:
        """Up to an earlier moment, a whole hop. Views of their own: the memo of `Hearing.at` is
        for the newest."""
        earlier = HeardNow(self._hearing, position)
        earlier._found = {key: sound.before(position) for key, sound in self._found.items()}
        return earlier


class Hearings:
    """A `Hearing` for the show's own sound and for each key, kept from program to program."""

    def __init__(self, show: History, sounds: Sounds) -> None:
        self.show = Hearing(show)
        self._sounds = sounds
        self._others: dict[str, tuple[History | None, Hearing]] = {}

    def at(self, position: int) -> HeardNow:
        """The sounds besides the show's own, up to sample ``position``."""
        return HeardNow(self._of, position // HOP * HOP)

    def keep(self, keys: Iterable[str]) -> None:
        """Forget the hearings of all other keys."""
        wanted = set(keys)
        self._others = {key: found for key, found in self._others.items() if key in wanted}

    def _of(self, key: str) -> Hearing:
        own = self._sounds.history(key)
        before = self._others.get(key)
        if before is None or before[0] is not own:
            self._others[key] = before = own, Hearing(OneClock(self.show.history, own))
        return before[1]
