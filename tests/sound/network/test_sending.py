"""What `livegan send` sends is heard by livegan."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from livegan.ipc.sound_ring import SoundRing
from livegan.sound import HOP, RATE
from livegan.sound.features import INDEX
from livegan.sound.inputs.listening import Listening
from livegan.sound.network.address import VbanAddress
from livegan.sound.network.sending import RtpAddress, RtpSender, Sender, VbanSender
from livegan.sound.network.vban import packed
from livegan.sound.sources import parse_source
from tests.sound.test_listening import Counting, until
from tests.sound.test_network import port, tone_heard


@contextmanager
def sending(sender: Sender) -> Iterator[None]:
    """Sends a tone of 440 Hz in real time."""
    over = threading.Event()

    def send() -> None:
        at, begun = 0, time.monotonic()
        while not over.wait(0.005):
            while at < (time.monotonic() - begun) * RATE:
                wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(at, at + HOP) / RATE)
                sender.send(np.stack([wave, wave], axis=1).astype(np.float32))
                at += HOP

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        sender.close()


@contextmanager
def hearing(source: str) -> Iterator[tuple[SoundRing, list[str]]]:
    notes: list[str] = []
    with SoundRing.create() as ring:
        listening = Listening(parse_source(source), ring, Counting(), notes.append)
        try:
            yield ring, notes
        finally:
            listening.stop()


def line(ring: SoundRing) -> tuple[float, float]:
    """The delay, and whether the sender is there."""
    row = ring.features(ring.hops - 1, ring.hops)[0]
    return float(row[INDEX["delay"]]), float(row[INDEX["here"]])


def test_vban_is_heard_and_what_else_comes_to_the_port_is_told() -> None:
    to = port()
    with hearing(f"vban://:{to}/tone?delay=150") as (ring, notes):
        assert notes == [
            f"no VBAN comes to port {to} in the stream 'tone'; silence until it is there"
        ]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            block = np.zeros((8, 2), np.float32)
            for wrong in (b"VBAN", b"rubbish", packed("another", 0, 48000, block)[:-2]):
                other.sendto(wrong, ("127.0.0.1", to))
        with sending(VbanSender(VbanAddress("127.0.0.1", to, "tone"))):
            until(lambda: tone_heard(ring))
            until(lambda: line(ring)[1] == 1.0)
            assert 0.14 < line(ring)[0] < 0.4
        until(lambda: line(ring)[1] == 0.0)


def test_of_two_senders_to_one_port_the_first_is_heard() -> None:
    to = port()
    with (
        hearing(f"vban://:{to}") as (ring, notes),
        sending(VbanSender(VbanAddress("127.0.0.1", to, "tone"))),
    ):
        until(lambda: tone_heard(ring))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(packed("loud", 0, 48000, np.ones((8, 2), np.float32)), ("127.0.0.1", to))
            until(lambda: any("'loud' of 127.0.0.1 comes to port" in note for note in notes))
        assert notes[-1].endswith("vban://127.0.0.1/loud")


def test_a_port_in_use_and_a_host_that_is_not_there_are_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", 0))
        to = taken.getsockname()[1]
        with hearing(f"vban://:{to}") as (_, notes):
            assert f"port {to} cannot be opened (" in notes[0]
    with hearing("vban://nobody.invalid/x") as (_, notes):
        assert "there is no host 'nobody.invalid'" in notes[0]


def test_rtp_is_heard_by_its_sdp_file(tmp_path: Path) -> None:
    sender = RtpSender(RtpAddress("127.0.0.1", port() // 2 * 2), "opus")
    file = tmp_path / "live.sdp"
    file.write_text(sender.sdp)
    with sending(sender), hearing(str(file)) as (ring, _):
        until(lambda: tone_heard(ring))
        until(lambda: 0 < line(ring)[0] < 1.0)


@pytest.mark.parametrize("coding", ["opus", "pcm"])
def test_an_sdp_file_says_what_comes(coding: str) -> None:
    sender = RtpSender(RtpAddress("127.0.0.1", 40000), "pcm" if coding == "pcm" else "opus")
    sender.close()
    assert "m=audio 40000 RTP/AVP 97\r\n" in sender.sdp
    assert f"a=rtpmap:97 {'L16' if coding == 'pcm' else 'opus'}/48000/2\r\n" in sender.sdp
