"""livegan waits for a Link session, and whoever begins one keeps his tempo. Run as a program, in a
network of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from livegan.stage.clocks.link_announcements import Announcements
from livegan.stage.clocks.link_guest import LinkSession


class Line:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def tell(self, what: str, **fields: Any) -> None:
        self.told.append(fields)


def play() -> None:
    import link

    line = Line()
    session = LinkSession(link.Link(120.0), line, Announcements())  # type: ignore[arg-type]

    def until(what: str, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, (what, line.told)
            session.look(4, time.perf_counter())
            time.sleep(0.01)

    until("a line", lambda: bool(line.told))
    for bpm in (131.0, 87.0):  # a band that begins after livegan, and again
        peer = link.Link(bpm)
        peer.enabled = True
        until("the peer", lambda: line.told[-1]["text"] == "1 peer")
        until("its tempo", lambda bpm=bpm: abs(line.told[-1]["bpm"] - bpm) < 0.01)
        assert abs(peer.captureSessionState().tempo() - bpm) < 0.01, "livegan changes no tempo"
        peer.enabled = False
        until("its end", lambda: line.told[-1]["text"] == "no peers")


if __name__ == "__main__":
    play()
