"""The process that takes part in an Ableton Link session, and says where its beat is.

A process of its own, for its library is native code with threads. Started by
`livegan.stage.control.leading` where a set says ``settings(tempo="link")``. livegan follows the
session and never changes its tempo: it joins a session that is there, and leaves when it is alone,
for whoever came later would take its tempo.
"""

from __future__ import annotations

import importlib
import time
from multiprocessing.connection import Connection
from typing import Any

from livegan.sound.tempo_source import ClockReading
from livegan.stage.clocks.link_announcements import Announcements
from livegan.stage.outputs.hosting import GuestPipe

LOOK = 0.01  # seconds between looks at the session; one takes 3 µs
UNHEARD_BPM = 120.0
"""Of a session of livegan's own, which nobody joins."""
ALONE_S = 3.0
"""Seconds after joining in which somebody else has to be there; they are found within one."""
MISSING = (
    'Link: LinkPython-extern is not installed: pip install "livegan[link]" (its licence is the '
    "GPL); the show goes on without it"
)


def read(session: Any, bar: int) -> ClockReading:
    """Where the session is in its bar of so many beats, at a time of `time.perf_counter`."""
    best, found = float("inf"), ClockReading(0.0, 0.0, 120.0)
    for _ in range(3):  # two clocks are read one after the other: the quickest look is the closest
        before = time.perf_counter()
        now = session.clock().micros()
        after = time.perf_counter()
        if after - before < best:
            best, state = after - before, session.captureSessionState()
            beats, bpm = float(state.beatAtTime(now, bar)), float(state.tempo())
            found = ClockReading((before + after) / 2, beats, bpm)
    return found


class LinkSession:
    """Says how a session stands, where that has changed."""

    def __init__(self, session: Any, line: GuestPipe, others: Announcements) -> None:
        """``session`` is a ``link.Link``."""
        self._session, self._line, self._others = session, line, others
        self._told: tuple[ClockReading | None, int] | None = None
        self._joined = 0.0
        """When, at a time of `look`."""
        self._had = False
        """Whether somebody else is in the session."""

    def look(self, bar: int, now: float) -> None:
        """Tell what is new at a time; ``bar`` is the beats of a bar, or 0 to leave the session."""
        if bar and not self._session.enabled and self._others.there(now):
            self._others.close()
            self._session.enabled, self._joined = True, now
        peers = int(self._session.numPeers()) if self._session.enabled else 0
        alone = not peers and (self._had or now - self._joined > ALONE_S)
        if self._session.enabled and (alone or not bar):
            self._session.enabled = False
        self._had = peers > 0 and bar > 0
        if not bar:
            self._others.close()
            self._told = None
            return
        self._tell(peers, read(self._session, bar) if peers else None)

    def _tell(self, peers: int, reading: ClockReading | None) -> None:
        if self._told is not None:
            before, were = self._told
            if peers == were and not (before and reading and before.moved(reading)):
                return
        self._told = reading, peers
        if reading is not None:
            text = f"{peers} peer{'s' * (peers > 1)}"
            self._line.tell("clock", text=text, **vars(reading))
        else:
            self._line.tell("clock", text="no peers")

    def again(self) -> None:
        """Tell everything anew."""
        self._told = None


def follow(connection: Connection, options: dict[str, Any]) -> None:
    """Follow the session until the stage ends it."""
    line = GuestPipe(connection)
    try:
        session = importlib.import_module("link").Link(UNHEARD_BPM)
    except (ImportError, AttributeError):
        line.tell("off", text=MISSING)
        return
    told, bar = LinkSession(session, line, Announcements()), 0
    line.opened()
    while (message := line.next()) is not None:
        if message.get("type") == "follow":
            bar = int(message["bar"])
            told.again()
        told.look(bar, time.perf_counter())
        time.sleep(LOOK)
