"""WAV files of more than 4 GB, whose headers cannot say so, play to their end."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from livegan.sound.long_wav import longer_than_it_says
from livegan.sound.media import duration, ends_at, open_media

SECONDS = 23_000
SIZE = SECONDS * 48000 * 4


def header(kind: str) -> bytes:
    """Of 16-bit stereo at 48 kHz."""
    form = struct.pack("<IHHIIHH", 16, 1, 2, 48000, 192_000, 4, 16)
    if kind == "RF64":
        sizes = b"ds64" + struct.pack("<IQQQI", 28, SIZE + 72, SIZE, SIZE // 4, 0)
        return b"RF64\xff\xff\xff\xffWAVE" + sizes + b"fmt " + form + b"data\xff\xff\xff\xff"
    length = struct.pack("<I", SIZE % (1 << 32))
    whole = struct.pack("<I", (SIZE + 36) % (1 << 32))
    return b"RIFF" + whole + b"WAVEfmt " + form + b"data" + length


@pytest.mark.parametrize("kind", ["RIFF", "RF64"])
def test_it_plays_to_its_end(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "long.wav"
    head = header(kind)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + SIZE)
        file.seek(len(head) + SIZE - 48000 * 4)
        file.write(np.full(2 * 48000, 8192, "<i2").tobytes())
    if path.stat().st_blocks * 512 > 100e6:
        pytest.skip("this disk does not keep holes as holes")
    assert duration(path) == pytest.approx(SECONDS, abs=0.1)
    assert ends_at(path) == pytest.approx(SECONDS, abs=0.1)
    blocks = list(open_media(path, start=SECONDS - 2.0))
    sound = np.concatenate(blocks)
    assert len(sound) == pytest.approx(2 * 48000, abs=480)
    assert np.abs(sound[:40_000]).max() < 0.01
    assert sound[-40_000:].mean() == pytest.approx(0.25, abs=0.01)


def test_other_files_are_read_by_their_name(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    path.write_bytes(header("RIFF"))
    assert longer_than_it_says(path) is None
