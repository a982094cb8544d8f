"""Where the panel listens is said in a word, and is this machine unless asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from livegan.ipc.remote.address import kept_token
from livegan.stage.panel import panel_address as module
from livegan.stage.panel.panel_address import PORT, PORTS, PanelAddress


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("", "127.0.0.1", None),
        ("lan", "0.0.0.0", None),
        ("lan:9000", "0.0.0.0", 9000),
        ("9000", "127.0.0.1", 9000),
        ("0.0.0.0:8765", "0.0.0.0", 8765),
        ("192.168.1.20", "192.168.1.20", None),
        ("stage-laptop.local:80", "stage-laptop.local", 80),
        ("[::1]:8765", "::1", 8765),
    ],
)
def test_an_address_is_read(text: str, host: str, port: int | None) -> None:
    assert PanelAddress.read(text) == PanelAddress(host, port)


@pytest.mark.parametrize(
    "text",
    ["lan:0", "70000", "0", "192.168.1:80", "a b:80", "http://x:1", "x:", ":80", "-1", "é:1"],
)
def test_what_is_no_address_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=rf"^--panel-at {re.escape(text)}: (a port|write lan)"):
        PanelAddress.read(text)


def test_only_the_loopback_is_of_this_machine_alone() -> None:
    for text in ("", "9000", "localhost:80", "127.0.0.5", "[::1]:80"):
        assert PanelAddress.read(text).is_here, text
    for text in ("lan", "0.0.0.0:80", "192.168.1.20", "[::]:80", "laptop.local"):
        assert not PanelAddress.read(text).is_here, text


def test_several_shows_have_several_ports_unless_one_is_named() -> None:
    assert list(PanelAddress().ports) == list(range(PORT, PORT + PORTS))
    assert list(PanelAddress(port=80).ports) == [80]


def test_a_phone_is_sent_to_the_machine_and_the_token_stays_in_the_browser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert PanelAddress().url(8765, "abc") == "http://127.0.0.1:8765/#abc"
    assert PanelAddress("::1").url(80, "abc") == "http://[::1]:80/#abc"
    monkeypatch.setattr(module, "own_address", lambda: "192.168.1.20")
    assert PanelAddress.read("lan").url(8765, "abc") == "http://192.168.1.20:8765/#abc"


def test_the_address_of_this_machine_is_a_number() -> None:
    for found in (module.own_address(), module._address_of_an_interface()):
        assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", found)


def test_the_token_stays_the_same_for_a_folder_and_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    token = kept_token(tmp_path)
    assert kept_token(tmp_path) == token and len(token) > 20
    assert kept_token(tmp_path / "other") != token
    file = tmp_path / "shows" / ".live" / "panel.token"
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o644)  # others have read it
    assert kept_token(tmp_path) != token
    file.chmod(0o600)
    file.write_text("")
    assert kept_token(tmp_path) != ""
