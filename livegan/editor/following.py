"""Finds the shows that play the sets of an editor, and follows them on threads of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from livegan.editor.readout import PlayedSet
from livegan.ipc.remote.address import ShowAddress, shows_in
from livegan.ipc.remote.client import RemoteError, ShowClient
from livegan.ipc.remote.schema import Command

EVERY = 0.25
"""Seconds between two states."""
LOOK = 1.0
"""Seconds between looks for shows."""
UP = 6
"""Folders above a set in which the working folder of its show may be."""


class Following:
    """Calls ``changed`` with the file of a set and how the show that plays it stands; None where it
    has ended. On threads of its own."""

    def __init__(self, changed: Callable[[Path, PlayedSet | None], None]) -> None:
        self._changed = changed
        self._sets: frozenset[Path] = frozenset()
        self._folders: frozenset[Path] = frozenset()
        self._followed: dict[Path, ShowAddress] = {}
        self._stop, self._woken = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look, name="shows", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Follow nothing any more."""
        self._stop.set()
        self._woken.set()

    def want(self, sets: Iterable[Path], folders: Iterable[Path]) -> None:
        """Follow the shows that play these sets, whose working folders are above them or among
        ``folders``."""
        self._sets, self._folders = frozenset(sets), frozenset(folders)
        self._woken.set()

    def address_of(self, path: Path) -> ShowAddress | None:
        """Of the show that plays a set."""
        return self._followed.get(real(path))

    def ask(self, path: Path, command: Command) -> str:
        """Have the show that plays a set do something. Raises RemoteError."""
        address = self.address_of(path)
        if address is None:
            raise RemoteError(f"no show plays {path.name}; start one with `livegan perform`")
        with ShowClient(address) as client:
            return client.ask(command)

    def _look(self) -> None:
        while not self._stop.is_set():
            wanted = {real(path): path for path in self._sets}
            missing = wanted.keys() - self._followed.keys()
            folders = [each for path in missing for each in [*path.parents][:UP]]
            folders += self._folders if missing else []
            for folder in dict.fromkeys(folders):
                for address in shows_in(folder):
                    path = real(Path(address.set))
                    if path in missing and path not in self._followed:
                        self._followed[path] = address
                        arguments = (path, wanted[path], address)
                        threading.Thread(
                            target=self._follow, args=arguments, name=address.show, daemon=True
                        ).start()
            self._woken.wait(LOOK)
            self._woken.clear()

    def _follow(self, path: Path, named: Path, address: ShowAddress) -> None:
        try:
            with ShowClient(address) as client, ShowClient(address) as other:
                text, seen = "", None
                for state in client.states(EVERY, values=True):
                    if self._stop.is_set() or named not in self._sets:
                        return
                    if seen != (state.version, state.on_air_at):
                        text, seen = other.text().text, (state.version, state.on_air_at)
                    self._changed(named, PlayedSet(address.show, state, text))
        except RemoteError:
            return
        finally:
            self._followed.pop(path, None)
            self._changed(named, None)


def real(path: Path) -> Path:
    """A path without links: a show and an editor may name a set in different ways."""
    return Path(os.path.realpath(path))
