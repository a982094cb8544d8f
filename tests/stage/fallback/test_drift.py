"""The drift moves slowly, without a jump, from the held picture on, for ever."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.fallback.drift import (
    CROSS,
    EVERY,
    KEPT,
    MOST,
    STEP,
    ZOOM,
    Album,
    Drift,
    best,
    blended,
    is_dark,
    shots,
    to_and_fro,
)

rng = np.random.default_rng(5)
COARSE = [np.kron(rng.integers(40, 200, (6, 8, 3)), np.ones((20, 20, 1))) for _ in range(3)]
PICTURES = [p.astype(np.uint8) for p in COARSE]


def test_it_begins_with_the_newest_picture_whole() -> None:
    (shot,) = shots(0.0)
    assert (shot.count, shot.share) == (0, 1.0)
    assert shot.box == pytest.approx((0, 0, 1, 1))
    assert (Drift().draw(PICTURES, 0.0) == PICTURES[0]).all()


@given(st.floats(0, 1e5))
def test_what_is_seen_lies_inside_the_picture_and_moves_little(seconds: float) -> None:
    before = {shot.count: shot for shot in shots(seconds)}
    for shot in shots(seconds + 0.05):
        left, top, right, bottom = shot.box
        assert -1e-9 <= left < right <= 1 + 1e-9 and -1e-9 <= top < bottom <= 1 + 1e-9
        assert right - left >= 1 / (1 + ZOOM) - 1e-9
        if shot.count in before:
            earlier = before[shot.count]
            assert np.abs(np.subtract(shot.box, earlier.box)).max() < 0.002
            assert abs(shot.share - earlier.share) < 0.05
        else:
            assert shot.share < 0.01, "it comes out of nothing"


def test_the_pictures_cross_one_after_the_other() -> None:
    drift = Drift()
    halfway = drift.draw(PICTURES, STEP + CROSS / 2).astype(float)
    alone = drift.draw(PICTURES, STEP + CROSS + 0.1).astype(float)
    assert np.abs(alone - PICTURES[1]).mean() < np.abs(alone - PICTURES[0]).mean()
    between = (PICTURES[0].astype(float) + PICTURES[1]) / 2
    assert np.abs(halfway - between).mean() < np.abs(alone - between).mean()


def test_no_two_pictures_in_a_row_differ_by_a_jump() -> None:
    drift, before = Drift(), None
    for frame in range(round(20 * (2 * STEP + CROSS))):
        drawn = drift.draw(PICTURES, frame / 20).astype(float)
        if before is not None:
            assert np.abs(drawn - before).mean() < 8
        before = drawn


def test_pictures_come_to_and_fro() -> None:
    assert [to_and_fro(n, 3) for n in range(8)] == [0, 1, 2, 1, 0, 1, 2, 1]
    assert [to_and_fro(n, 1) for n in range(3)] == [0, 0, 0]


def test_one_picture_is_enough() -> None:
    drift = Drift()
    assert drift.draw(PICTURES[:1], 0).shape == PICTURES[0].shape
    assert (drift.draw(PICTURES[:1], 3.0) != PICTURES[0]).any()


def test_a_large_picture_drifts_smaller_with_its_aspect() -> None:
    drawn = Drift().draw([np.full((1080, 1920, 3), 90, np.uint8)], 1.0)
    assert drawn.shape[1] / drawn.shape[0] == pytest.approx(16 / 9, rel=0.01)
    assert drawn.shape[1] < 1000


def test_an_album_keeps_one_picture_a_second_and_no_black_ones() -> None:
    album = Album()
    for frame in range(400):
        album.take(np.full((8, 8, 3), 50 + frame // 2, np.uint8), frame / 30)
    assert len(album.pictures) == KEPT
    values = [int(p[0, 0, 0]) for p in album.pictures]
    assert values == sorted(values, reverse=True)
    assert all(13 <= a - b <= 17 for a, b in pairwise(values))
    album.take(np.zeros((8, 8, 3), np.uint8), 400 / 30 + EVERY)
    assert [int(p[0, 0, 0]) for p in album.pictures] == values


def test_large_pictures_are_kept_smaller() -> None:
    album = Album()
    album.take(np.full((2160, 3840, 3), 90, np.uint8), 0.0)
    (kept,) = album.pictures
    assert kept.shape[0] * kept.shape[1] <= MOST


def test_the_best_is_the_one_with_most_to_see() -> None:
    flat = np.full((64, 64, 3), 128, np.uint8)
    rich = rng.integers(0, 255, (64, 64, 3), np.uint8)
    assert best([flat, rich, flat]) is rich
    assert best([]) is None


def test_dark_is_what_shows_nothing() -> None:
    night = np.zeros((64, 64, 3), np.uint8)
    assert is_dark(night)
    night[30:34] = 200  # a thin bright line is a picture
    night[32] = 200
    assert not is_dark(night)


def test_a_fade_goes_from_one_picture_to_another_of_another_size() -> None:
    above = np.full((30, 40, 3), 200, np.uint8)
    assert (blended(PICTURES[0], above, 1.0) == above).all()
    assert blended(np.zeros((7, 5, 3), np.uint8), above, 0.5)[3, 3, 0] == 100
