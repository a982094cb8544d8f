"""Grains are heard, numbers come in, pictures go out, and all four pass livegan's checks."""

from __future__ import annotations

import io
import socket
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import soundfile
from livegan_relay.command import grains
from livegan_relay.granulator import RATE, Grains, open_grains
from livegan_relay.mjpeg import open_mjpeg
from livegan_relay.udp import Udp
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

from livegan.sound.sources import SourceError
from livegan.testing import conformance

TONE = Path(tempfile.mkdtemp()) / "tone.wav"
soundfile.write(TONE, 0.3 * np.sin(np.arange(44100) / 20), 44100)

test_relay = conformance("livegan-relay", sample={"grains": str(TONE), "mjpeg": "0"})


def test_grains_are_as_loud_as_the_recording_and_the_same_each_time() -> None:
    source = open_grains(str(TONE))
    whole = source.pull(RATE)
    assert whole.shape == (RATE, 2) and whole.dtype == np.float32
    assert 0.02 < np.abs(whole[RATE // 2 :]).mean() < 0.5
    source.open(print)
    pieces = [source.pull(n) for n in (1, 479, 7, 5000, RATE - 5487)]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_a_file_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("la la")
    for name in ("notes.txt", "nothing.wav"):
        with pytest.raises(SourceError, match=rf"grains:{name}: .*; name a sound file"):
            open_grains(name, folder=tmp_path)
    soundfile.write(tmp_path / "short.wav", np.zeros(100), 48000)
    with pytest.raises(SourceError, match=r"long; take one of 0\.2 to 600 s"):
        open_grains("short.wav", folder=tmp_path)


def test_silence_stays_silent() -> None:
    assert not Grains("nothing", np.zeros((RATE, 2), np.float32)).pull(RATE).any()


def test_the_newest_number_counts() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    udp = Udp(port=port, host="127.0.0.1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for text in ("0.25", "hello", "nan", "1e999", "5" * 200, "0.75\n", "inf"):
            sender.sendto(text.encode(), ("127.0.0.1", port))
        end = time.monotonic() + 20
        while udp.value(low=0.0, high=1.0) != 0.75 and time.monotonic() < end:
            time.sleep(0.01)
    assert udp.value(low=0.0, high=1.0) == 0.75
    assert udp.value(low=0.5, high=1.0) == 0.5
    other = Udp(port=port, host="127.0.0.1")
    other.migrate(udp)
    assert other.value(low=0.0, high=1.0) == 0.75
    udp.close()
    other.close()


def test_a_browser_sees_the_newest_picture() -> None:
    output = open_mjpeg("0")
    output.send(np.full((8, 16, 3), 200, np.uint8))
    with urllib.request.urlopen(f"http://127.0.0.1:{output.port}/", timeout=20) as page:
        assert page.headers["Content-Type"].startswith("multipart/x-mixed-replace")
        lines = [page.readline() for _ in range(4)]
        length = int(lines[2].split()[1])
        picture = np.asarray(Image.open(io.BytesIO(page.read(length))))
    assert picture.shape == (8, 16, 3) and abs(int(picture.mean()) - 200) < 3
    output.close()
    with pytest.raises(RuntimeError, match="'lamp' is no port"):
        open_mjpeg("lamp")


def test_the_command_writes_a_file(tmp_path: Path) -> None:
    app = Typer()
    app.command()(grains)
    out = tmp_path / "out.wav"
    done = CliRunner().invoke(app, [str(TONE), "--out", str(out), "--seconds", "0.5"])
    assert done.exit_code == 0, done.output
    assert soundfile.info(out).duration == 0.5
    assert CliRunner().invoke(app, ["nothing.wav"]).exit_code == 1
