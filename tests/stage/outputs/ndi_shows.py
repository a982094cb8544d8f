"""NDI out and in over loopback, to and from a program with cyndilib alone; `test_ndi` runs it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.sound_ring import SoundRing
from livegan.picture_sources.source import SourceName, Wanted
from livegan.sound import RATE
from livegan.sound.inputs.devices import SourceAway
from livegan.sound.source import SourceGone
from livegan.sound.sources import parse_source
from livegan.stage.outputs.guest_output import GuestOutput
from livegan.stage.outputs.outputs import Outputs, openers
from livegan.stage.picture_guests.guests import PictureGuests
from tests.stage.streams.running import running

TONE, LOUD = 500, 0.5  # what `ndi_peer` sends

PORT = 5960
"""Without avahi, NDI asks this port of a machine for its senders: the first process there has it,
and the senders of others are not found."""
PATIENCE = 120.0
"""Seconds that a picture may take on a machine that does other things besides."""
PEER = Path(__file__).with_name("ndi_peer.py")
NEAR = 12  # NDI codes colours in YCbCr of video range, 4:2:2: blue 200 comes as 191


def port_is_free() -> bool:
    """Whether a sender that starts now gets the port; after another one ended it may take a minute
    (connections in TIME_WAIT), and then NDI takes another port."""
    with socket.socket() as probe:
        try:
            probe.bind(("0.0.0.0", PORT))
        except OSError:
            return False
    return True


def need_port(seconds: float = 3.0) -> None:
    """Skip the rest of a test if others have the port: it is theirs for a minute or for ever."""
    end = time.monotonic() + seconds
    while not port_is_free():
        if time.monotonic() > end:
            pytest.skip(f"NDI's port {PORT} is taken on this machine")
        time.sleep(0.1)


class Peer:
    """A process of `ndi_peer`; ``lines`` are the pictures that it received."""

    def __init__(self, what: str, name: str) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, str(PEER), what, name], stdin=pipe, stdout=pipe, text=True
        )
        self.lines: queue.SimpleQueue[list[int]] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put([int(word) for word in line.split()])

    def say(self, *numbers: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, numbers)) + "\n")
        self.process.stdin.flush()

    def until(self, *wanted: list[int], act: Callable[[], Any] = lambda: None) -> None:
        """Wait for pictures of these sizes and near to these colours, in any order."""
        end, missing = time.monotonic() + PATIENCE, list(wanted)
        while missing:
            assert time.monotonic() < end, f"{missing} did not come"
            act()
            try:
                got = self.lines.get(timeout=0.05)
            except queue.Empty:
                continue
            missing = [
                one
                for one in missing
                if got[:2] != one[:2] or np.abs(np.subtract(got, one)).max() > NEAR
            ]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A sender's name that no other test has; NDI finds its senders on loopback."""
    need_port()
    here = {"ndi": {"networks": {"ips": "127.0.0.1"}}}
    (tmp_path / "ndi-config.v1.json").write_text(json.dumps(here))
    monkeypatch.setenv("NDI_CONFIG_DIR", str(tmp_path))
    return f"livegan test {os.getpid()} {time.monotonic_ns()}"


@pytest.fixture
def peer(name: str, request: pytest.FixtureRequest) -> Iterator[Peer]:
    peer = Peer(request.param, name)
    yield peer
    peer.end()


def plain(height: int, width: int, *colour: int) -> np.ndarray:
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    return picture


@pytest.mark.parametrize("peer", ["receive"], indirect=True)
def test_a_set_is_received_by_its_name_and_again_at_another_size(
    name: str, peer: Peer, tmp_path: Path
) -> None:
    notes: list[str] = []
    with PictureRing.create(256, 256) as ring, running() as streams:
        outputs = Outputs(
            openers(notes.append),
            streams,
            notes.append,
            lambda wanted, stream: GuestOutput(wanted, stream, tmp_path, notes.append),
        )
        whose = {"plugin": "livegan", "entry": "livegan.builtin.outputs", "stamp": ""}
        outputs.take([{"kind": "ndi", "name": name, "ring": ring.name, **whose}])
        wide = plain(90, 160, 200, 60, 30)
        peer.until([160, 90, 200, 60, 30], act=lambda: ring.write(wide))
        high = plain(128, 64, 30, 60, 200)
        peer.until([64, 128, 30, 60, 200], act=lambda: ring.write(high))
        peer.end()  # who closes first keeps the connection in TIME_WAIT: not the sender
        outputs.close()
        ring.unlink()
    (told,) = notes
    assert told.startswith("output ndi: other programs see it as ")
    assert told.endswith(f"({name})")


@pytest.mark.parametrize("peer", ["receive"], indirect=True)
def test_the_sound_of_the_show_is_received_beside_the_picture(
    name: str, peer: Peer, tmp_path: Path
) -> None:
    """The sound is as loud as it is in the show, and comes at its rate."""
    notes: list[str] = []
    wave = 0.3 * np.sin(np.arange(RATE // 50) * (2 * np.pi * 500 / RATE))
    block = np.stack([wave, wave], 1).astype(np.float32)
    with (
        PictureRing.create(64, 64) as ring,
        contextlib.closing(SoundRing.create(5)) as sound,
        running() as streams,
    ):
        outputs = Outputs(
            openers(notes.append),
            streams,
            notes.append,
            lambda wanted, stream: GuestOutput(
                wanted, stream, tmp_path, notes.append, sound=sound.name
            ),
        )
        whose = {"plugin": "livegan", "entry": "livegan.builtin.outputs", "stamp": ""}
        item = {"kind": "ndi", "name": name, "ring": ring.name, "options": {"ndi_audio": True}}
        outputs.take([{**item, **whose}])
        began = time.monotonic()

        def play() -> None:
            while sound.position < (time.monotonic() - began) * RATE:
                sound.write(block)
            ring.write(plain(48, 64, 200, 60, 30), sound_position=sound.position - RATE // 20)

        peer.until([0, 0, 30, 48, 0], [64, 48, 200, 60, 30], act=play)
        peer.end()
        outputs.close()
        ring.unlink()
        sound.unlink()
    assert len(notes) == 1 and f"({name})" in notes[0]


def test_a_show_hears_an_ndi_sender_and_again_after_it_was_gone(name: str) -> None:
    source = parse_source(f"ndi:{name[8:].upper()}")
    notes: list[str] = []

    def until_heard() -> None:
        end, samples = time.monotonic() + PATIENCE, np.zeros((0, 2), np.float32)
        opened = False
        while len(samples) < RATE // 2:
            assert time.monotonic() < end, "no sound came"
            try:
                if not opened:
                    source.open(notes.append)
                    opened = True
                samples = np.concatenate([samples, source.pull(RATE // 100)])
            except (SourceAway, SourceGone) as error:
                opened = False
                notes.append(str(error))
            time.sleep(0.02)
        spectrum = np.abs(np.fft.rfft(samples[-RATE // 4 :, 0] * np.hanning(RATE // 4)))
        assert np.argmax(spectrum) * 4 == pytest.approx(TONE, abs=8)
        assert np.abs(samples).max() == pytest.approx(LOUD, abs=0.02)

    with pytest.raises(SourceAway, match="no NDI sender is called"):
        source.open(notes.append)
    first = Peer("send", name)
    try:
        first.say(64, 48, 200, 60, 30)
        until_heard()
        assert source.name.endswith(f"({name})")
        first.end()
        end = time.monotonic() + PATIENCE
        with pytest.raises(SourceGone, match="no more sound comes from"):
            while time.monotonic() < end:
                source.pull(RATE // 100)
                time.sleep(0.02)
        need_port()
        first = Peer("send", name)
        first.say(64, 48, 200, 60, 30)
        until_heard()
    finally:
        first.end()
        source.close()


def test_a_sender_is_found_by_part_of_its_name_waited_for_and_found_again(
    name: str, tmp_path: Path
) -> None:
    notes: list[str] = []
    guests = PictureGuests(tmp_path, notes.append)
    source = SourceName("ndi_in", name[8:].upper())
    rings = guests.want([source], Wanted(96, 96))

    def until(size: tuple[int, int], colour: tuple[int, ...]) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            picture = ring.latest()
            if picture is not None and picture.pixels.shape[:2] == size:
                seen = picture.pixels[size[0] // 2, size[1] // 2].astype(int)
                if len(seen) == len(colour) and np.abs(seen - colour).max() <= NEAR:
                    return
            time.sleep(0.02)
        raise AssertionError(f"no picture of {size} in {colour} came; {notes}")

    peers: list[Peer] = []
    with PictureRing.attach(rings[str(source)]) as ring:
        try:
            peers.append(Peer("send", name))
            peers[0].say(160, 90, 200, 60, 30)
            until((90, 160), (200, 60, 30))  # never enlarged
            peers[0].say(320, 240, 30, 200, 60)
            until((96, 128), (30, 200, 60))  # as large as the canvas needs
            peers[0].end()
            end = time.monotonic() + PATIENCE
            while not any("waits for it" in note for note in notes[-1:]):
                assert time.monotonic() < end, notes
                time.sleep(0.02)
            need_port()
            peers.append(Peer("send", name))
            peers[1].say(160, 90, 30, 60, 200)
            until((90, 160), (30, 60, 200))
            peers[1].say(160, 90, 30, 60, 200, 100)
            until((90, 160), (30, 60, 200, 100))  # with its alpha
        finally:
            for peer in peers:
                peer.end()
            guests.close()
    assert any("receives " in note and f"({name})" in note for note in notes)
    assert f"{source}: no NDI sender is called {name[8:].upper()!r}" in "\n".join(notes)
