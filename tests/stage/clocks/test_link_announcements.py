"""Link peers are heard without being one, and only after a while."""

from __future__ import annotations

import socket

import pytest

from livegan.stage.clocks import link_announcements
from livegan.stage.clocks.link_announcements import ALIVE, KNOWN_S, SILENT_S, Announcements

RESPONSE = ALIVE[:-1] + b"\x02"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port of ours, and no group: a session in the studio is left alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        number = int(found.getsockname()[1])
    monkeypatch.setattr(link_announcements, "PORT", number)
    monkeypatch.setattr(link_announcements, "GROUP", "127.0.0.1")
    return number


def test_a_peer_is_there_once_it_announced_itself_for_a_while(port: int) -> None:
    others = Announcements()
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        assert not others.there(10.0)
        for now in (10.0, 10.5, 10.0 + KNOWN_S):
            for said in (b"", RESPONSE + bytes(90), b"nonsense", ALIVE + bytes(90)):
                wire.sendto(said, ("127.0.0.1", port))
            assert others.there(now) == (now >= 10.0 + KNOWN_S), now
        assert not others.there(10.0 + KNOWN_S + SILENT_S)
        wire.sendto(RESPONSE, ("127.0.0.1", port))
        assert not others.there(20.0), "what a peer answers to another says nothing"
        wire.sendto(ALIVE, ("127.0.0.1", port))
        others.close()
        assert not others.there(20.0 + KNOWN_S)
    finally:
        wire.close()
        others.close()


def test_where_the_port_cannot_be_had_nobody_is_waited_for(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", port))  # without leave to share it
        assert Announcements().there(1.0)
