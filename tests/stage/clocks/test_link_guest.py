"""Two Link peers share tempo and beat, one of them being the show; without the library, a line."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from typing import Any

import pytest

from livegan.sound.tempo_source import ClockReading
from livegan.stage.clocks import link_guest
from livegan.stage.clocks.link_guest import MISSING, LinkSession, follow

ALONE = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
"""In a network of its own, so that a session in the studio is left alone."""


class FakeLine:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def tell(self, what: str, **fields: Any) -> None:
        self.told.append({"type": what, **fields})


class FakeOthers:
    here = False
    closed = 0

    def there(self, now: float) -> bool:
        return self.here

    def close(self) -> None:
        self.closed += 1


class FakeSession:
    enabled = False
    peers = 0

    def numPeers(self) -> int:
        return self.peers


def test_peers_that_come_and_go_and_the_end_of_the_session_are_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line, session = FakeLine(), FakeSession()
    reading = ClockReading(1.0, 2.5, 124.0)
    monkeypatch.setattr(link_guest, "read", lambda session, bar: reading)
    others = FakeOthers()
    told = LinkSession(session, line, others)  # type: ignore[arg-type]
    told.look(0, 0.0)
    assert not session.enabled and line.told == []
    told.look(4, 1.0)
    assert not session.enabled, "whoever comes next would take its tempo"
    others.here = True
    for session.peers in (0, 0, 1, 1):
        told.look(4, 2.0)
        assert session.enabled
    others.here, session.peers = False, 0
    told.look(4, 3.0)
    assert not session.enabled, "it is alone"
    none = {"type": "clock", "text": "no peers"}
    one = {"type": "clock", "text": "1 peer", "at": 1.0, "beats": 2.5, "bpm": 124.0}
    assert line.told == [none, one, none]
    others.here, session.peers = True, 1
    told.look(4, 4.0)
    assert session.enabled
    told.look(0, 5.0)
    assert not session.enabled
    told.look(4, 6.0)
    session.peers = 0
    told.look(4, 6.0 + link_guest.ALONE_S + 0.1)
    assert not session.enabled, "nobody was there after all"


def test_without_the_library_a_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    line = FakeLine()
    monkeypatch.setattr(link_guest, "GuestPipe", lambda connection: line)
    monkeypatch.setitem(sys.modules, "link", None)
    follow(None, {})  # type: ignore[arg-type]
    assert line.told == [{"type": "off", "text": MISSING}]
    assert 'pip install "livegan[link]"' in MISSING and "GPL" in MISSING


@pytest.mark.skipif(sys.platform != "linux", reason="uses a network namespace")
@pytest.mark.parametrize(
    "program",
    [
        pytest.param("link_show", id="a show follows its peer, loses it and finds it again"),
        pytest.param("link_peers", id="a peer that begins after livegan keeps its tempo"),
    ],
)
def test_beside_a_peer(program: str) -> None:
    pytest.importorskip("link", reason='pip install "livegan[link]"')
    if shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], check=False).returncode:
        pytest.skip("needs a network namespace: unshare and ip, and the right to use them")
    module = importlib.import_module(f"tests.stage.clocks.{program}").__name__
    done = subprocess.run(
        [*ALONE, sys.executable, "-m", module],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
