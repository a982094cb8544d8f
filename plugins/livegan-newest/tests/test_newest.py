"""The newest whole picture of a folder is shown, whatever happens to the files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from livegan_newest import Newest, open_newest
from PIL import Image

from livegan.picture_sources.source import PictureSourceError, Wanted
from livegan.testing import conformance

WANTED = Wanted(32, 48)

test_checks = conformance("livegan-newest", sample=Path(__file__).parent / "inbox")


def save(path: Path, red: int, second: int) -> None:
    """A picture file, as if it were written at that second."""
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (60, 40), (red, 0, 0)).save(path)
    os.utime(path, (second, second))


def red_of(source: Newest) -> int:
    """Red of the picture that comes next."""
    for _ in range(4):
        pixels = source.read()
        if pixels is not None:
            return int(np.median(pixels[..., 0]))
    raise AssertionError("no picture came")


def test_the_picture_that_was_written_last_is_shown(tmp_path: Path) -> None:
    save(tmp_path / "inbox" / "b.png", 200, 10)
    save(tmp_path / "inbox" / "c.png", 100, 5)
    source = open_newest("inbox", WANTED, folder=tmp_path)
    assert red_of(source) == 200
    save(tmp_path / "inbox" / "a.png", 50, 20)
    assert red_of(source) == 50
    (tmp_path / "inbox" / "a.png").unlink()
    assert red_of(source) == 200, "the newest of those that are left"
    pixels = source.read()
    source.close()
    assert pixels is None or pixels.shape == (32, 48, 3)


def test_a_file_that_is_not_whole_is_waited_for(tmp_path: Path) -> None:
    save(tmp_path / "inbox" / "old.png", 200, 10)
    source = open_newest("inbox", WANTED, folder=tmp_path)
    save(tmp_path / "inbox" / "new.png", 50, 20)
    whole = (tmp_path / "inbox" / "new.png").read_bytes()
    (tmp_path / "inbox" / "new.png").write_bytes(whole[: len(whole) // 2])
    assert red_of(source) == 200
    (tmp_path / "inbox" / "new.png").write_bytes(whole)
    assert red_of(source) == 50


@pytest.mark.parametrize(
    ("argument", "line"), [("", "name a folder"), ("none", "no folder"), ("empty", "no pictures")]
)
def test_what_is_not_there_is_said_in_a_line(argument: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PictureSourceError, match=line):
        open_newest(argument, WANTED, folder=tmp_path)


def test_a_folder_that_goes_is_away(tmp_path: Path) -> None:
    save(tmp_path / "inbox" / "a.png", 200, 10)
    source = open_newest("inbox", WANTED, folder=tmp_path)
    (tmp_path / "inbox" / "a.png").unlink()
    (tmp_path / "inbox").rmdir()
    with pytest.raises(PictureSourceError, match="cannot be read"):
        source.read()
