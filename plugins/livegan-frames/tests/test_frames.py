"""Pictures are written whole, numbered, and go on when there is room again."""

from __future__ import annotations

import errno
from pathlib import Path

import livegan_frames
import numpy as np
import pytest
from livegan_frames import Frames, open_frames
from PIL import Image

from livegan.testing import conformance

test_frames = conformance("livegan-frames")


def picture(value: int) -> np.ndarray:
    return np.full((6, 8, 3), value, np.uint8)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_pictures_are_numbered_and_tell_when_they_were_seen(tmp_path: Path) -> None:
    frames = open_frames("takes/one", folder=tmp_path)
    for number in (1, 2):
        frames.send(picture(number), time=number / 30, version=7)
    assert names(tmp_path / "takes" / "one") == ["000001.png", "000002.png"]
    with Image.open(tmp_path / "takes" / "one" / "000002.png") as found:
        assert (np.asarray(found) == picture(2)).all()
        assert found.info["livegan"] == "time=0.067 version=7"


def test_another_take_goes_on_after_the_last_picture(tmp_path: Path) -> None:
    for name in ("000041.png", "000007.png", "notes.txt", "cover.png"):
        (tmp_path / name).touch()
    open_frames(str(tmp_path), folder=Path("/")).send(picture(0), time=0, version=1)
    assert "000042.png" in names(tmp_path)


def test_so_many_a_second_are_written_whatever_comes(tmp_path: Path) -> None:
    frames = open_frames("takes@2", folder=tmp_path)
    for frame in range(90):
        frames.send(picture(frame), time=5 + frame / 30, version=1)
    assert len(names(tmp_path / "takes")) == 6
    frames.send(picture(0), time=0.0, version=1)  # the show's clock began anew
    assert len(names(tmp_path / "takes")) == 7


def test_a_full_disk_is_said_and_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = Frames(tmp_path, 0)
    real = Image.Image.save

    def full(self: Image.Image, file: Path, **options: object) -> None:
        file.write_bytes(b"half a pict")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    for time in (0.0, 0.1):
        with pytest.raises(RuntimeError, match=r"000001.png cannot be written \(No space left"):
            frames.send(picture(1), time=time, version=1)
    assert names(tmp_path) == []
    monkeypatch.setattr(Image.Image, "save", real)
    frames.send(picture(1), time=0.2, version=1)
    assert names(tmp_path) == ["000001.png"]


def test_a_folder_that_is_taken_away_comes_back(tmp_path: Path) -> None:
    frames = open_frames("take", folder=tmp_path)
    (tmp_path / "take").rmdir()
    frames.send(picture(1), time=0.0, version=1)
    assert names(tmp_path / "take") == ["000001.png"]


@pytest.mark.parametrize(
    ("name", "line"),
    [("take@fast", "what follows @ is pictures a second"), ("file/take", "is no folder")],
)
def test_what_cannot_be_is_refused_in_a_line(name: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RuntimeError, match=line):
        open_frames(name, folder=tmp_path)
    assert livegan_frames.NUMBERED.fullmatch("1.png") is None
