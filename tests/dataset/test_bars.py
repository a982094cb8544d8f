"""Black bars are found where they are, and dark pictures are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livegan.dataset import Split, build
from livegan.dataset.bars import Bars, bars
from livegan.dataset.film import Film
from tests.dataset.test_film import movie

RNG = np.random.default_rng(2)


def scene(top: int, bottom: int, left: int = 0, right: int = 0, light: int = 200) -> np.ndarray:
    """(120, 160) of noise up to ``light`` in a black frame, with the noise of a coding."""
    picture = RNG.integers(0, 8, (120, 160)).astype(np.uint8)
    height, width = 120 - top - bottom, 160 - left - right
    inside = RNG.integers(light // 4, light + 1, (height, width)).astype(np.uint8)
    picture[top : top + height, left : left + width] = inside
    return picture


def test_letterbox_and_pillarbox_are_measured() -> None:
    assert not bars([scene(0, 0) for _ in range(5)])
    found = bars([scene(16, 16) for _ in range(5)])
    assert (found.top, found.bottom) == pytest.approx((17 / 120, 17 / 120)) and not found.left
    found = bars([scene(10, 0, 20, 30) for _ in range(5)])
    assert (found.left, found.right) == pytest.approx((21 / 160, 31 / 160))
    assert found.top > 0 and found.bottom == 0


def test_what_is_dark_only_in_some_frames_is_no_bar() -> None:
    assert not bars([*(scene(40, 0) for _ in range(9)), scene(0, 0)])


def test_frames_without_light_say_nothing() -> None:
    black = [scene(0, 0, light=8) for _ in range(20)]
    assert not bars(black)
    assert bars([*black, *(scene(16, 16) for _ in range(3))])
    assert not bars([*black, *(scene(16, 16) for _ in range(2))])


def test_a_thin_edge_and_a_picture_that_is_mostly_dark_are_no_bars() -> None:
    assert not bars([scene(1, 1) for _ in range(5)])
    assert not bars([scene(60, 0) for _ in range(5)])


def test_a_logo_in_a_bar_does_not_end_it() -> None:
    frames = [scene(16, 16) for _ in range(5)]
    for frame in frames:
        frame[4:8, 5:7] = 220
    assert bars(frames).top == pytest.approx(17 / 120)


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("turn", [0, 90])
def test_bars_are_cut_off_a_film_and_told(tmp_path: Path, fit: str, turn: int) -> None:
    pictures = []
    for index in range(8):
        picture = np.zeros((120, 160, 3), np.uint8)
        picture[20:100] = 120 + 10 * (index % 4)
        pictures.append(picture)
    path = movie(tmp_path / "wide.mp4", pictures, turn=turn, options={"g": "2"})
    with Film(path) as film:
        (first, *_) = film.frames(64, 10, fit, crop="auto")  # type: ignore[arg-type]
        assert film.notes == [
            "black bars are cut off: 18 % top, 18 % bottom (--crop none keeps them)"
        ]
    with Film(path) as film:
        (plain, *_) = film.frames(64, 10, fit)  # type: ignore[arg-type]
    light = first.picture.max(axis=2) > 60
    if fit == "pad":  # what is left is wide: bars of padding, but half as high as it is wide
        assert sorted((light.any(0).sum(), light.any(1).sum())) == [pytest.approx(31, abs=2), 64]
    else:
        assert light.all()
    assert not (plain.picture.max(axis=2) > 60).all()


def test_a_data_set_made_with_bars_is_not_continued_without(tmp_path: Path) -> None:
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[20:100] = 150
    path = movie(tmp_path / "wide.mp4", [picture // (1 + n % 2) for n in range(8)])
    how = {"out": tmp_path / "o", "size": 32, "rate": 5, "split": Split(share=0)}
    kept = build([path], ["waveform"], crop="none", **how)  # type: ignore[arg-type]
    assert kept.ok and not kept.films[0].note
    with pytest.raises(Exception, match="made with other settings"):
        build([path], ["waveform"], **how)  # type: ignore[arg-type]


def test_bars_are_said_as_a_person_says_them() -> None:
    assert str(Bars(top=0.125, bottom=0.12)) == "12 % top, 12 % bottom"
