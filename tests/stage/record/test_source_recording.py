"""A source is recorded with its timing, and a rehearsal plays the film with the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livegan.film import FilmError
from livegan.picture_sources.board import StandIns
from livegan.picture_sources.source import SourceName, Wanted
from livegan.stage.picture_guests.guests import PictureGuests
from livegan.stage.record.source_recording import SourceRecording, record_source

CAMERA = SourceName("camera", "FaceTime")
CAME = (100.0, 100.04, 100.31, 103.5, 103.53, 104.2)
"""When pictures came, in seconds of a clock; the source was away for three seconds."""


def grey(value: int, height: int = 48, width: int = 64) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def written(path: Path) -> SourceRecording:
    film = SourceRecording(path)
    for count, at in enumerate(CAME):
        film.write(grey(40 * count), at)
    return film


def shown(path: Path, at: float) -> int:
    """What a rehearsal shows in place of the camera, as the count of the picture."""
    boards = StandIns({str(CAMERA): str(path)}, lambda text: None)
    newest = boards.newest(CAMERA, at, 0, Wanted(48, 64))
    assert newest is not None
    return round(float(newest.pixels.mean()) / 40)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_rehearsal_shows_each_picture_when_it_came(tmp_path: Path, suffix: str) -> None:
    film = written(tmp_path / f"take{suffix}")
    film.close()
    film.close()
    for count, at in enumerate(CAME):
        assert shown(film.path, at - CAME[0] + 0.005) == count
        if count:
            assert shown(film.path, at - CAME[0] - 0.005) == count - 1
    assert (film.pictures, film.size) == (6, (64, 48))
    assert film.seconds == pytest.approx(4.2, abs=0.001)


def test_what_was_recorded_before_a_power_cut_plays(tmp_path: Path) -> None:
    film = SourceRecording(tmp_path / "take.mp4")
    for count in range(300):
        film.write(grey(40 * (count // 60)), count / 30)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(film.path.read_bytes())
    film.close()
    assert [shown(cut, at) for at in (1.0, 3.0, 5.0)] == [0, 1, 2]


def test_a_picture_of_another_size_gets_borders(tmp_path: Path) -> None:
    film = SourceRecording(tmp_path / "take.mp4")
    film.write(grey(200, 49, 65), 0.0)  # H.264 wants even sides: a row and a column less
    film.write(grey(200, 96, 64), 1.0)
    film.close()
    board = StandIns({"camera": str(film.path)}, lambda text: None)
    second = board.newest(CAMERA, 1.01, 0, Wanted(48, 64))
    assert second is not None and second.pixels.shape == (48, 64, 3)
    assert second.pixels[24, 32].mean() > 180 and second.pixels[24, 2].mean() < 30


def test_of_a_source_with_transparency_the_colours_are_recorded(tmp_path: Path) -> None:
    film = SourceRecording(tmp_path / "take.mp4")
    for count, size in enumerate(((48, 64), (64, 48))):
        picture = np.full((*size, 4), 80, np.uint8)
        picture[..., 3] = 7
        film.write(picture, count / 10)
    film.close()
    assert shown(film.path, 0.0) == 2


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "take.mp4").write_bytes(b"mine")
    with pytest.raises(FilmError, match="exists already"):
        record_source(
            CAMERA, tmp_path / "take.mp4", Wanted(48, 64), tmp_path, print, lambda seconds: True
        )


def test_a_source_is_recorded_until_it_is_enough(tmp_path: Path) -> None:
    notes: list[str] = []
    done = record_source(
        CAMERA,
        tmp_path / "take.mp4",
        Wanted(48, 64),
        tmp_path,
        notes.append,
        lambda seconds: seconds > 0.4,
        guests=lambda folder, note: PictureGuests(folder, note, stand_ins={"camera": "test"}),
    )
    assert done.pictures > 2 and done.seconds <= 0.5
    assert done.size[1] == 48 and done.rate > 0
    assert notes == ["camera:FaceTime: a test pattern stands in for it (--with)"]


def test_without_a_picture_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "take.mp4"
    done = record_source(
        SourceName("camera", "nobody has this"), path, Wanted(48, 64), tmp_path, print,
        lambda seconds: True,
    )  # fmt: skip
    assert done.pictures == 0 and not path.exists()
