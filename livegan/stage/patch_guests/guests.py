"""Keeps the patches playing that the program on air, or one that is proven, has."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from livegan.ipc.messages import Patches
from livegan.ipc.sound_ring import SoundRing
from livegan.stage.outputs.guest import Guest
from livegan.stage.patch_guests.patch_guest import Note, PatchGuest
from livegan.stage.patch_guests.room_output import RoomOutput, RoomSound
from livegan.stage.patch_guests.spare import SpareGuest, StartProcess

UNUSED = 20.0  # seconds that a patch plays on, unheard, when no program names it any more


class PatchGuests:
    """The patches of a show. `want` and `look` are called on one thread; nothing waits there."""

    def __init__(
        self,
        main: SoundRing,
        names: Mapping[str, str],
        note: Note,
        *,
        device: str = "",
        clock: Callable[[], float] = time.monotonic,
        start: StartProcess = Guest,
    ) -> None:
        """``main`` is the show's own sound, ``names`` those of its memory, and ``folder``.

        ``note`` takes lines for the performer, from any thread; ``device`` is the sound output of
        the room.
        """
        self._main, self._names, self._note = main, names, note
        self._clock = clock
        self._room = RoomOutput(main, device, note)
        self.room_sound = RoomSound(main, self._ring)
        """What the room hears, for films of the show."""
        self._spare = SpareGuest(names["folder"], start=start)
        self._open: dict[str, PatchGuest] = {}
        self._wanted: frozenset[str] = frozenset()
        self._unused: dict[str, float] = {}

    def monitor(self, keys: Iterable[str]) -> None:
        """Play these sounds of the show aloud where patches are: "" is its own."""
        self._room.monitor(keys)

    def take(self, message: Patches) -> None:
        """Play what an engine says."""
        set_ = {
            "set": message.set,
            "text": message.text,
            "digest": message.digest,
            "seed": message.seed,
            "beats_per_bar": message.beats_per_bar,
        }
        self.want(message.patches, set_, only=message.only)

    def want(
        self, rows: Iterable[Mapping[str, Any]], set_: Mapping[str, Any], *, only: bool = True
    ) -> None:
        """Play these patches, a row each: ``key``, ``where`` and ``audible``.

        With ``only`` the set is on the air: all are played as it says, and what it does not have is
        used no more. Without, what does not play yet is started beside what plays.
        """
        named = {str(row["key"]): row for row in rows}
        for key, row in named.items():
            there = self._open.get(key)
            if there is None:
                self._begin(key, row, set_)
            elif only:
                if there.row["code"] != row["code"]:
                    self._spare.renew()
                there.use(set_, row)
        self._wanted = frozenset(named) if only else self._wanted | frozenset(named)
        if only:
            audible = [key for key, row in named.items() if row["audible"]]
            self._room.hear(audible)
            self.room_sound.hear(audible)
        self.look()

    def _begin(self, key: str, row: Mapping[str, Any], set_: Mapping[str, Any]) -> None:
        try:
            self._open[key] = PatchGuest(
                key, set_, row, self._main, self._names, self._note, self._spare.begin
            )
        except OSError as error:
            self._note(f"patch {key.partition(':')[2]} is silent: {error}")

    def _ring(self, key: str) -> SoundRing | None:
        guest = self._open.get(key)
        return None if guest is None else guest.ring

    def play_on(self, device: str) -> None:
        """Play what the room hears through another sound output."""
        self._room.play_on(device)

    @property
    def rings(self) -> dict[str, SoundRing]:
        """The sounds of those that play, by key."""
        return {key: guest.ring for key, guest in dict(self._open).items()}

    def states(self) -> dict[str, bool]:
        """Which patches there are, and whether each plays."""
        return {key: guest.here for key, guest in self._open.items()}

    def look(self) -> None:
        """End what no program has named for a while."""
        now = self._clock()
        for key in list(self._open):
            if key in self._wanted:
                self._unused.pop(key, None)
            elif now - self._unused.setdefault(key, now) > UNUSED:
                self._unused.pop(key)
                guest = self._open.pop(key)
                guest.stop()
                threading.Thread(target=guest.close, name=f"closes {key}", daemon=True).start()

    def close(self) -> None:
        """End all, and wait for them."""
        self._spare.close()
        self._room.close()
        for guest in self._open.values():
            guest.stop()
        for guest in self._open.values():
            guest.close()
        self._open.clear()
