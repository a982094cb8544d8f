"""The commands of the page about sound from another place are commands of livegan."""

from __future__ import annotations

import re
import shlex
import socket
from pathlib import Path

import pytest

from livegan.cli.show.send import opened
from livegan.sound.features import LINE
from livegan.sound.inputs.capture import Capture
from livegan.sound.sources import parse_source

PAGE = (Path(__file__).parent.parent.parent / "docs" / "remote-sound.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^livegan .*", PAGE, re.M)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", [w for w in COMMANDS if w[1] == "send"], ids=" ".join)
def test_what_the_page_sends_can_be_sent(
    words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(2, 2, 17, "", ("127.0.0.1", 6980))]
    )
    to = next(word for word in words if "://" in word)
    sender, there = opened(to, "opus", Path("livegan.sdp"))
    sender.close()
    told = shlex.split(there.partition("livegan perform ")[2])
    assert ["--audio", told[1]] == told
    if to.startswith("rtp"):
        assert isinstance(parse_source("livegan.sdp"), Capture)
        assert "opus/48000/2" in (folder / "livegan.sdp").read_text()


@pytest.mark.parametrize("words", [w for w in COMMANDS if w[1] == "perform"], ids=" ".join)
def test_what_the_page_listens_to_can_be_listened_to(words: list[str], folder: Path) -> None:
    (folder / "livegan.sdp").write_text("v=0\n")
    heard = parse_source(words[words.index("--audio") + 1])
    assert isinstance(heard, Capture)


def test_the_page_names_the_signals_that_there_are() -> None:
    from livegan.sound.features import FEATURES

    assert re.findall(r"^\| `sound\.(\w+)` \|", PAGE, re.M) == list(FEATURES[LINE])
