"""What is plugged in and pulled out: a line for each, until the performer ends it."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

TURN = 0.25
"""Seconds that the main thread waits for news between its own looks."""
What = Literal["there", "came", "gone", "not watched"]


class Unwatchable(Exception):
    """What this machine lacks for a look, in one line."""


@dataclass(frozen=True)
class DeviceNews:
    """One thing that is there, came or went."""

    what: What
    kind: str
    """``camera``, ``NDI sender``..."""
    name: str
    """Its own name; why not, where it is not watched."""

    def __str__(self) -> str:
        return f"{self.what:11}  {self.kind}: {self.name}"


@dataclass(frozen=True)
class DeviceKind:
    """One kind of device, and how it is looked for."""

    kind: str
    look: Callable[[], Iterable[str]]
    """The names of those that are there; raises `Unwatchable`."""
    every: float = 1.0
    """Seconds between looks."""
    main: bool = False
    """It may be looked for on the main thread only."""


class KindWatch:
    """What was there of one kind; `look` says what changed."""

    def __init__(self, kind: DeviceKind) -> None:
        self.kind = kind
        self._there: Counter[str] | None = None
        self._why = ""
        self._due = 0.0

    def due(self, now: float) -> bool:
        """Whether it is time for another look."""
        return now >= self._due

    def look(self, now: float = 0.0) -> list[DeviceNews]:
        """Look, and say what came and went; the first time what is there. Two devices of one name
        are two."""
        self._due = now + self.kind.every
        name = self.kind.kind
        try:
            there = Counter(self.kind.look())
        except Unwatchable as error:
            return self._not_watched(str(error))
        except Exception as error:  # a driver that is being pulled out may say anything
            return self._not_watched(f"{type(error).__name__}: {error}")
        before, self._there = self._there, there
        self._why = ""
        if before is None:
            names = sorted(there.elements()) or ["none"]
            return [DeviceNews("there", name, each) for each in names]
        gone = [DeviceNews("gone", name, each) for each in sorted((before - there).elements())]
        came = [DeviceNews("came", name, each) for each in sorted((there - before).elements())]
        return gone + came

    def _not_watched(self, why: str) -> list[DeviceNews]:
        if why == self._why:
            return []
        self._why = why
        return [DeviceNews("not watched", self.kind.kind, " ".join(why.split()))]


def watch(
    kinds: Sequence[DeviceKind],
    tell: Callable[[DeviceNews], None],
    over: threading.Event,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Tell what changes, until ``over`` is set. A kind that is slow holds up no other one."""
    news: queue.SimpleQueue[DeviceNews] = queue.SimpleQueue()
    watches = [KindWatch(kind) for kind in kinds]

    def follow(one: KindWatch) -> None:
        while not over.is_set():
            for each in one.look():
                news.put(each)
            over.wait(one.kind.every)

    here = [one for one in watches if one.kind.main]
    for one in watches:
        if one not in here:
            name = f"watch {one.kind.kind}"
            threading.Thread(target=follow, args=(one,), name=name, daemon=True).start()
    while not over.is_set():
        for one in here:
            if one.due(clock()):
                for each in one.look(clock()):
                    tell(each)
        try:
            tell(news.get(timeout=TURN))
        except queue.Empty:
            continue
