"""A stream reaches ffmpeg's own RTMP listener, comes back by itself, and never tells its key."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from livegan.builtin.outputs import rtmp
from livegan.builtin.outputs.rtmp import RtmpOutput, checked, filled, open_rtmp, shown
from livegan.builtin.outputs.streaming import NoSound

PICTURE = np.full((48, 64, 3), (200, 60, 30), np.uint8)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(rtmp, "FIRST", 0.1)
    monkeypatch.setattr(rtmp, "LONGEST", 0.2)
    return []


@pytest.mark.parametrize(
    "text",
    [
        "rtmp://a.example.com/live/$KEY",
        "rtmps://live.example.com:443/app/${STREAM_KEY}?x=1",
        "rtmp://127.0.0.1/live/stream",
        "rtmp://studio.local/live/stream",
        "rtmp://192.168.1.5:1935/live/a",
        "rtmp://media.example.com/live",
    ],
)
def test_an_address_is_taken(text: str) -> None:
    assert checked(text) == text


@pytest.mark.parametrize(
    "text", ["livegan", "http://a/b", "rtmp://", "rtmp://host", "rtmp://h:x/a"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(RuntimeError, match=r"is no address: write rtmp="):
        checked(text)


@pytest.mark.parametrize(
    "text", ["rtmp://a.example.com/live/secret", "rtmp://me:secret@a.example.com/live"]
)
def test_a_key_that_is_written_out_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(RuntimeError, match="write \\$KEY in place of the key") as refused:
        checked(text)
    assert "secret" not in str(refused.value) and "secret" not in shown(text)


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOW_KEY", " abc ")
    assert filled("rtmp://a/live/$SHOW_KEY?x=${SHOW_KEY}") == "rtmp://a/live/abc?x=abc"
    monkeypatch.delenv("SHOW_KEY")
    with pytest.raises(RuntimeError, match="variable SHOW_KEY is not set"):
        open_rtmp("rtmp://a.example.com/live/$SHOW_KEY", note=print, sound="")


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg listens: apt install ffmpeg")
def test_ffmpeg_receives_pictures_and_sound_once_it_is_there(
    notes: list[str], port: int, tmp_path: Path
) -> None:
    address, film = f"rtmp://127.0.0.1:{port}/live/secret", tmp_path / "got.flv"
    output = RtmpOutput(address, NoSound(), notes.append)
    end = time.monotonic() + 60
    while not notes and time.monotonic() < end:
        output.send(PICTURE)
        time.sleep(0.02)
    assert "is not reached (" in notes[0]
    listen = ["-listen", "1", "-i", address, "-c", "copy", "-flush_packets", "1", str(film)]
    with subprocess.Popen(
        ["ffmpeg", "-loglevel", "error", *listen],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as ffmpeg:
        try:
            while time.monotonic() < end:
                output.send(PICTURE)
                time.sleep(0.02)
                if film.exists() and film.stat().st_size > 12_000:
                    break
            output.close()
            ffmpeg.wait(30)
        finally:
            ffmpeg.kill()
    assert any(note == f"sends to rtmp://127.0.0.1:{port}/..." for note in notes)
    with av.open(str(film)) as got:
        assert got.streams.audio[0].codec_context.name == "aac"
        frame = next(got.decode(video=0))
        assert (
            np.abs(frame.to_ndarray(format="rgb24")[24, 32].astype(int) - PICTURE[0, 0]).max() < 12
        )
    assert "secret" not in "".join(notes)
