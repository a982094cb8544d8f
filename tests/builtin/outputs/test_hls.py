"""A browser or VLC plays the picture as HLS: encoded while somebody watches, and cleaned up."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from livegan.builtin.outputs import hls
from livegan.builtin.outputs.web import WebOutput, open_web
from livegan.sound import RATE

STEP = 0.25
"""Seconds of the show from one picture to the next, so that nobody waits for its files."""


class FastSound:
    """A tone, which times the pictures: it goes on with each look at it."""

    def __init__(self) -> None:
        self._looks = 0

    @property
    def position(self) -> int:
        self._looks += 1
        return int(self._looks * STEP * RATE)

    def samples(self, start: int, stop: int) -> NDArray[np.float32]:
        wave = 0.2 * np.sin(np.arange(start, stop) * 2 * np.pi * 440 / RATE)
        return np.stack([wave, wave], 1).astype(np.float32)


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebOutput]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("livegan.builtin.outputs.web.heard", lambda sound: FastSound())
    monkeypatch.setattr(
        hls, "encoding", lambda: {"encoder": "libx264", "options": {"preset": "ultrafast"}}
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    output = open_web(f"127.0.0.1:{port}/live", note=lambda text: None)
    over = threading.Event()

    def show() -> None:
        while not over.wait(1 / 20):
            output.send(np.full((48, 65, 3), (200, 60, 30), np.uint8))

    thread = threading.Thread(target=show)
    thread.start()
    yield output
    over.set()
    thread.join()
    output.close()
    assert list(tmp_path.glob(f"{hls.ROOM}*")) == []


def listed(address: str) -> list[str]:
    with urlopen(address, timeout=30) as answer:
        assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
        text = answer.read().decode()
    assert text.startswith("#EXTM3U") and "#EXT-X-ENDLIST" not in text
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def until(seen: object) -> None:
    end = time.monotonic() + 60
    while not seen() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.05)
    assert seen()  # type: ignore[operator]


def test_the_picture_is_played_with_its_sound_and_old_files_go(
    output: WebOutput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(tmp_path.iterdir()) == [], "nothing is encoded for nobody"
    address = f"{output.address}/hls.m3u8"
    first = listed(address)
    with av.open(address, timeout=30) as played:
        video, audio = played.streams.video[0], played.streams.audio[0]
        assert (video.width, video.height) == (64, 48) and audio.rate == RATE
        frame = next(played.decode(video))
        middle = frame.to_ndarray(format="rgb24")[24, 32].astype(int)
    assert video.codec.name == "h264"
    assert np.abs(middle - (200, 60, 30)).max() < 25
    until(lambda: first[0] not in listed(address))
    (folder,) = tmp_path.glob(f"{hls.ROOM}*")
    until(lambda: not (folder / first[0]).exists())
    assert len(list(folder.glob("*.m4s"))) <= hls.LISTED + 3
    monkeypatch.setattr(hls, "IDLE", 0.1)
    until(lambda: not folder.exists())


def test_names_that_are_no_file_of_it_are_not_read(output: WebOutput) -> None:
    for name in ("hls.txt", "other.m4s", "../web.py", "hls-1.m4s/..", "", "hls", "hls-..m4s/x"):
        assert not hls.is_file(name)
    assert hls.is_file("hls.m3u8") and hls.is_file("hls-12.m4s") and hls.is_file("hls-begin.mp4")
    with pytest.raises(OSError, match="404"):
        urlopen(f"{output.address}/hls-1.m4s", timeout=30)


def test_folders_of_processes_that_were_killed_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"{hls.ROOM}{2**22 + 1}-abc").mkdir()  # no process has that number
    made = hls.new_folder()
    assert list(tmp_path.iterdir()) == [made]
