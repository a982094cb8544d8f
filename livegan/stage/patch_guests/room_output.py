"""The room on the stage's side: the process that plays patches aloud, and the sound of films."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.sound_ring import SoundRing
from livegan.patches.room import RoomMix
from livegan.sound import HOP
from livegan.sound.limiter import limited
from livegan.stage.outputs.guest import Guest
from livegan.stage.patch_guests.patch_guest import Note

PLAY = "livegan.patches.room_guest:play"
LOOK = 0.2  # seconds between looks at what it says
AGAIN = 1.0  # seconds until one that died is started again
BEHIND_HOPS = 4
"""A film is so far behind the show: what is heard in it has been played, and the limiter has looked
ahead."""


class RoomOutput:
    """Keeps the process going, once a set has a patch that is heard, or sound is to be."""

    def __init__(
        self,
        main: SoundRing,
        device: str,
        note: Note,
        start: Callable[[str, dict[str, Any]], Any] = Guest,
    ) -> None:
        """``device`` is a part of its name, and channels, such as ``"USB Audio:3,4"``."""
        self._options = {"sound_ring": main.name, "device": device}
        self._note, self._start = note, start
        self._patches: tuple[str, ...] = ()
        self._sounds: tuple[str, ...] = ()
        self._changing = threading.Lock()
        self._guest: Any = None
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def hear(self, keys: Iterable[str]) -> None:
        """Play these patches aloud, and no others."""
        self._patches = tuple(keys)
        self._change()

    def monitor(self, keys: Iterable[str]) -> None:
        """Play these sounds of the show aloud, and no others: "" is its own."""
        wanted = tuple(keys)
        if wanted != self._sounds:
            self._sounds = wanted
            self._change()

    def play_on(self, device: str) -> None:
        """Play through another device from now on."""
        self._options = {**self._options, "device": device}

    @property
    def _keys(self) -> list[str]:
        return [*self._patches, *self._sounds]

    def _change(self) -> None:
        with self._changing:
            self._play()

    def _play(self) -> None:
        if self._thread is None and self._keys and not self._over.is_set():
            self._thread = threading.Thread(target=self._keep, name="room", daemon=True)
            self._thread.start()
        elif self._guest is not None:
            self._guest.send({"hear": self._keys})

    def _keep(self) -> None:
        while not self._over.is_set():
            options = self._options
            try:
                self._guest = guest = self._start(PLAY, options)
            except OSError as error:
                self._note(f"nothing is heard in the room: {error}")
                self._over.wait(AGAIN)
                continue
            guest.send({"hear": self._keys})
            while not self._over.is_set() and not guest.gone and options is self._options:
                message = guest.next(LOOK)
                if message is not None and message["type"] == "note":
                    self._note(str(message["text"]))
            if guest.gone and not self._over.is_set():
                self._note(f"the room's sound output ended ({guest.how()}); it is started again")
                self._over.wait(AGAIN)
            guest.close()

    def close(self) -> None:
        """End it, and wait."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(4.0)


class RoomSound:
    """What the room hears, for films of the show: the show's sound and the patches that are heard.

    A `livegan.stage.record.live_film.ShowSound`.
    """

    def __init__(self, main: SoundRing, ring: Callable[[str], SoundRing | None]) -> None:
        """``ring`` gives the ring of a key, None if there is none."""
        self._main, self._ring = main, ring
        self._room = RoomMix()

    def hear(self, keys: Iterable[str]) -> None:
        """From now on these patches are heard."""
        self._room.hear(keys, self._main.position // HOP)

    @property
    def position(self) -> int:
        """Samples that can be had."""
        behind = 0 if self._room.silent else BEHIND_HOPS * HOP
        return max(0, self._main.position - behind)

    def samples(self, start: int, stop: int) -> NDArray[np.float32]:
        """(stop - start, 2) float32, limited where patches are heard."""
        if self._room.silent:
            return self._main.samples(start, stop)
        return limited(self._added, start, stop)

    def _added(self, start: int, stop: int) -> NDArray[np.float32]:
        return self._main.samples(start, stop) + self._room.mix(self._read, start, stop)

    def _read(self, key: str, start: int, stop: int) -> NDArray[np.float32]:
        ring = self._ring(key)
        if ring is None:
            return np.zeros((stop - start, 2), np.float32)
        return ring.samples(start, stop)
