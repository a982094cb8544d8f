"""The tempo of a show beside a Link peer. Run as a program, in a network of its own."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import Settings
from livegan.ipc.sound_ring import SoundRing
from livegan.sound.features import INDEX
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.inputs.listening import Listening
from livegan.sound.sources import parse_source
from livegan.stage.control.leading import Leading
from livegan.stage.hands.hands import Hands


def until(what: str, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def play() -> None:
    import link

    notes: list[str] = []
    peer = link.Link(131.0)
    peer.enabled = True
    # Of two sessions that meet the older one counts, but where they began within half a second of
    # each other, Link decides by a random number.
    time.sleep(1.0)
    with SoundRing.create() as ring, ControlTable.create() as controls:
        listening = Listening(parse_source("silence"), ring, Analyzer(), notes.append)
        hands = Hands(controls, ring.name, notes.append)
        leading = Leading(listening, None, hands, controls, notes.append)

        def feature(name: str) -> float:
            return float(ring.features(ring.hops - 1, ring.hops)[0, INDEX[name]])

        def off() -> float:
            """Beats by which the place in the bar differs from the peer's, at the same moment."""
            now = peer.clock().micros()
            theirs = peer.captureSessionState().phaseAtTime(now, 3)
            return abs((feature("beats") - theirs + 1.5) % 3 - 1.5)

        try:
            leading.hear(Settings(None, beats_per_bar=3, tempo="link"))
            assert str(leading.line) == "link, none yet" and not leading.line.there
            until("the peer", lambda: str(leading.line) == "link, 1 peer")
            until("its tempo", lambda: abs(feature("bpm") - 131) < 0.01)
            until("its beat", lambda: off() < 0.12)  # 55 ms: two cores, and all else that runs
            state = peer.captureSessionState()
            state.setTempo(140.0, peer.clock().micros())
            peer.commitSessionState(state)
            until("its new tempo", lambda: abs(feature("bpm") - 140) < 0.01)
            until("its beat", lambda: off() < 0.12)
            assert abs(controls.snapshot()["clock/bpm"].value - 140) < 0.01
            children = psutil.Process().children(recursive=True)
            max(children, key=lambda child: child.create_time()).kill()
            until("a line", lambda: any("its process ended" in note for note in notes))
            until("the new process", lambda: str(leading.line) == "link, 1 peer")
            until("its beat", lambda: off() < 0.12)
            before = feature("beats")
            peer.enabled = False
            until("that it is lost", lambda: str(leading.line) == "link, no peers, lost")
            lost = "Link is lost (no peers); the beat goes on at 140.0 bpm until it is back"
            until("the line", lambda: notes.count(lost) == 1)
            until("the beat", lambda: feature("beats") > before + 1)
            assert abs(feature("bpm") - 140) < 0.01
            peer.enabled = True
            until("the peer again", lambda: leading.line.there)
            leading.hear(Settings(None, beats_per_bar=3))
            assert str(leading.line) == "music"
        finally:
            hands.stop()
            listening.stop()


if __name__ == "__main__":
    play()
