"""The process that takes part in an Ableton Link session, and says where its beat is.

A process of its own, for its library is native code with threads. Started by
`livegan.stage.control.leading` where a set says ``settings(tempo="link")``. livegan follows the
session and never changes its tempo.
"""

from __future__ import annotations

import importlib
import time
from multiprocessing.connection import Connection
from typing import Any

from livegan.sound.tempo_source import ClockReading
from livegan.stage.outputs.hosting import GuestPipe

LOOK = 0.01  # seconds between looks at the session; one takes 3 µs
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

    def __init__(self, session: Any, line: GuestPipe) -> None:
        """``session`` is a ``link.Link``."""
        self._session, self._line = session, line
        self._told: tuple[ClockReading, int] | None = None

    def look(self, bar: int) -> None:
        """Tell what is new; ``bar`` is the beats of a bar, or 0 to leave the session."""
        if self._session.enabled != (bar > 0):
            self._session.enabled, self._told = bar > 0, None
        if not bar:
            return
        peers, reading = int(self._session.numPeers()), read(self._session, bar)
        if self._told is not None:
            before, were = self._told
            if peers == were and not before.moved(reading):
                return
        self._told = reading, peers
        if peers:
            text = f"{peers} peer{'s' * (peers > 1)}"
            self._line.tell("clock", text=text, **vars(reading))
        else:
            self._line.tell("clock", text="no peers")

    def again(self) -> None:
        """Tell everything anew."""
        self._told = None


def follow(connection: Connection, options: dict[str, Any]) -> None:
    """Take part in the session until the stage ends it."""
    line = GuestPipe(connection)
    try:
        session = importlib.import_module("link").Link(float(options["bpm"]))
    except (ImportError, AttributeError):
        line.tell("off", text=MISSING)
        return
    told, bar = LinkSession(session, line), 0
    line.opened()
    while (message := line.next()) is not None:
        if message.get("type") == "follow":
            bar = int(message["bar"])
            told.again()
        told.look(bar)
        time.sleep(LOOK)
