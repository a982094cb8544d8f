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
    """Calls ``changed`` with the file of a set and how the show stands that has it on the air; None
    where none has it any more. On threads of its own."""

    def __init__(self, changed: Callable[[Path, PlayedSet | None], None]) -> None:
        self._changed = changed
        self._sets: frozenset[Path] = frozenset()
        self._folders: frozenset[Path] = frozenset()
        self._followed: dict[str, ShowAddress] = {}
        """By where they listen."""
        self._on_air: set[Path] = set()
        self._plays: dict[Path, ShowAddress] = {}
        """Of the sets that a show has on the air, or could have by its keys."""
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

    def address_of(self, path: Path) -> ShowAddress:
        """Of the show that plays a set. Raises RemoteError if none does."""
        address = self._plays.get(real(path))
        if address is None:
            raise RemoteError(f"no show plays {path.name}; start one with `livegan perform`")
        return address

    def ask(self, path: Path, command: Command) -> str:
        """Have the show that plays a set do something. Raises RemoteError."""
        with ShowClient(self.address_of(path)) as client:
            return client.ask(command)

    def _look(self) -> None:
        while not self._stop.is_set():
            missing = [path for path in self._sets if real(path) not in self._on_air]
            folders = [each for path in missing for each in [*path.parents][:UP]]
            folders += self._folders if missing else []
            for folder in dict.fromkeys(folders):
                for address in shows_in(folder):
                    if address.where not in self._followed:
                        self._followed[address.where] = address
                        threading.Thread(
                            target=self._follow, args=(address,), name=address.show, daemon=True
                        ).start()
            self._woken.wait(LOOK)
            self._woken.clear()

    def _follow(self, address: ShowAddress) -> None:
        """Follow a show: also one that plays none of the sets now, for it may have scenes."""
        told: Path | None = None
        plays: set[Path] = set()
        seen: object = None
        text = ""
        try:
            with ShowClient(address) as client, ShowClient(address) as other:
                for state in client.states(EVERY, values=True):
                    if self._stop.is_set() or not self._sets:
                        return
                    path = real(Path(state.set)) if state.set else None
                    if state.safe and told is not None:
                        path = real(told)  # it returns to that
                    own = [address.set, *state.scenes, *filter(None, [state.set])]
                    plays |= {real(Path(each)) for each in own}
                    self._plays.update(dict.fromkeys(plays, address))
                    named = next((each for each in self._sets if real(each) == path), None)
                    if told is not None and told != named:
                        self._ends(told)
                    told = named
                    if named is None or path is None:
                        continue
                    if seen != (state.set, state.version, state.on_air_at):
                        text = other.text().text
                        seen = (state.set, state.version, state.on_air_at)
                    self._on_air.add(path)
                    self._changed(named, PlayedSet(address.show, state, text))
        except RemoteError:
            return
        finally:
            self._followed.pop(address.where, None)
            for path in plays:
                if self._plays.get(path) == address:
                    del self._plays[path]
            if told is not None:
                self._ends(told)

    def _ends(self, named: Path) -> None:
        self._on_air.discard(real(named))
        self._changed(named, None)


def real(path: Path) -> Path:
    """A path without links: a show and an editor may name a set in different ways."""
    return Path(os.path.realpath(path))
