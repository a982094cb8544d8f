"""A film is read at any time, in any order, and gives the frame that is on then."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from livegan.picture_sources.clip import Clip
from livegan.picture_sources.source import PictureSourceError, Wanted
from tests.picture_sources.films import value_of, write_film

CANVAS = Wanted(64, 64)


def shown(clip: Clip, seconds: float) -> int:
    return round(float(clip.at(seconds).mean()))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov", "a.avi", "a.webm", "12:30 a.mp4"])
def test_each_moment_gives_the_frame_that_is_on_then(tmp_path: Path, name: str) -> None:
    codec = "libvpx" if name.endswith("webm") else "libx264"
    clip = Clip(write_film(tmp_path / name, 60, codec=codec), CANVAS)
    for index in range(60):
        assert shown(clip, (index + 0.5) / 25) == pytest.approx(value_of(index), abs=3), index


def test_the_order_of_reading_does_not_matter(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 100)
    moments = [random.Random(1).random() * 4 for _ in range(80)]
    forward = {t: Clip(film, CANVAS).at(t).tobytes() for t in moments}
    clip = Clip(film, CANVAS)
    assert {t: clip.at(t).tobytes() for t in moments} == forward
    back = Clip(film, CANVAS)
    assert {t: back.at(t).tobytes() for t in sorted(moments, reverse=True)} == forward


def test_a_film_of_uneven_rate_is_read_by_its_times(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", 4, 25, pts=[0, 1, 11, 12])
    clip = Clip(film, CANVAS)
    seen = [shown(clip, t) for t in (0.02, 0.06, 0.3, 0.42, 0.46, 0.5)]
    expected = [value_of(i) for i in (0, 1, 1, 1, 2, 3)]
    assert seen == pytest.approx(expected, abs=3)


def test_before_and_after_the_film_its_ends_are_shown(tmp_path: Path) -> None:
    clip = Clip(write_film(tmp_path / "a.mp4", 30), CANVAS)
    assert shown(clip, -5) == pytest.approx(value_of(0), abs=3)
    assert shown(clip, 99) == pytest.approx(value_of(29), abs=3)
    assert clip.duration == pytest.approx(30 / 25, abs=0.02)


def test_pictures_cover_the_canvas_and_are_never_enlarged(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 3, size=(180, 320))
    assert Clip(film, Wanted(90, 90)).at(0).shape == (90, 160, 3)
    assert Clip(film, Wanted(720, 720)).at(0).shape == (180, 320, 3)


def test_what_is_no_film_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"x" * 300)
    for name in ("no.mp4", "away.mp4"):
        with pytest.raises(PictureSourceError) as error:
            Clip(tmp_path / name, CANVAS)
        assert name in str(error.value)
        assert "\n" not in str(error.value)


def test_a_damaged_film_plays_what_it_has(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", 60)
    data = bytearray(film.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(np.random.default_rng(0).integers(0, 255, 200, np.uint8))
    film.write_bytes(bytes(data))
    clip = Clip(film, CANVAS)
    for index in range(60):
        assert clip.at(index / 25).shape[2] == 3
