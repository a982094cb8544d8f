"""What holds for every built-in encoder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from livegan.builtin.pictures import as_picture, in_range

from ..playing import ENCODERS, encoder, heard, hearing, music, tone

ARTICLE = ("waveform", "timeline", "levels", "levels_timeline")


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 300), (64, 64), (65, 31), (128, 200)])
@pytest.mark.parametrize("name", ENCODERS)
def test_it_draws_at_any_size(name: str, size: tuple[int, int]) -> None:
    picture = encoder(name, size)(heard(5.0))
    assert picture.shape == (3, *size)
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert picture.max() <= 1


@pytest.mark.parametrize("name", ENCODERS)
def test_the_picture_is_the_same_however_its_moment_was_reached(name: str) -> None:
    draw = encoder(name)
    played = music()
    for frame in range(1, 120):
        shown = draw(played.at(frame * 1600))
    jumped = draw(music().at(119 * 1600))
    assert np.array_equal(shown, jumped)
    back = music()
    draw(back.at(240000))
    assert np.array_equal(draw(back.at(119 * 1600)), jumped)


@pytest.mark.parametrize("name", ENCODERS)
def test_sound_that_is_still_to_come_is_not_seen(name: str) -> None:
    recording = music()
    shorter = music(3.0)
    draw = encoder(name)
    assert np.array_equal(draw(recording.at(144000)), draw(shorter.at(144000)))


@pytest.mark.parametrize("name", ENCODERS)
def test_parameters_may_go_to_their_ends(name: str) -> None:
    for row in ENCODERS[name].params:
        ends = [False, True] if row.type == "flag" else [row.low, row.high]
        for value in ends:
            picture = encoder(name)(heard(5.5), **{row.name: value})
            assert np.isfinite(picture).all()
            assert 0 <= picture.min() <= picture.max() <= 1, (row.name, value)


@pytest.mark.parametrize("name", ENCODERS)
def test_silence_is_calm_but_no_empty_picture(name: str) -> None:
    silence = hearing(np.zeros((48000 * 3, 2)))
    draw = encoder(name)
    picture = draw(silence.at(48000))
    assert np.array_equal(picture, draw(silence.at(96000)))
    assert picture.std() > 0.005
    assert picture.mean() < 0.2
    assert np.array_equal(picture, draw(silence.at(0)))


@pytest.mark.parametrize("name", ENCODERS)
def test_clipped_and_absurdly_loud_sound_is_still_a_picture(name: str) -> None:
    loud = np.clip(40 * tone(110), -1, 1)
    for samples in (loud, 50 * loud):
        picture = encoder(name)(hearing(samples, low=1, mid=1, high=1, kick=1).at(96000))
        assert np.isfinite(picture).all()
        assert picture.max() <= 1


@pytest.mark.parametrize("name", ENCODERS)
def test_the_picture_follows_the_sound(name: str) -> None:
    draw = encoder(name, (128, 128))
    quiet = draw(hearing(np.zeros((144000, 2))).at(144000))
    assert np.abs(draw(heard(3.0)) - quiet).mean() > 0.03
    assert np.abs(draw(heard(3.0)) - draw(heard(5.2))).mean() > 0.01


@pytest.mark.parametrize("name", ENCODERS)
def test_the_whole_picture_is_used(name: str) -> None:
    picture = encoder(name, (128, 128))(heard(10.9)).mean(0)
    blocks = picture.reshape(8, 16, 8, 16).mean((1, 3))
    assert (blocks > 0.03).mean() > 0.9


@pytest.mark.parametrize("name", ["timeline", "levels_timeline", "spectrum", "chroma"])
def test_what_scrolls_moves_left_and_keeps_its_shape(name: str) -> None:
    draw = encoder(name, (40, 100))
    before = draw(heard(5.0), seconds=5.0)
    after = draw(heard(5.5), seconds=5.0)  # ten columns later
    assert np.abs(after[:, :, 5:80] - before[:, :, 15:90]).max() < 1e-3
    assert np.abs(after[:, :, 5:80] - before[:, :, 5:80]).mean() > 0.01


@pytest.mark.parametrize("name", ENCODERS)
def test_no_single_pixel_is_drawn_into_what_was_drawn_before(name: str) -> None:
    draw = encoder(name)
    first = draw(heard(4.0))
    kept = first.copy()
    draw(heard(5.0))
    assert np.array_equal(first, kept)


def test_the_four_of_the_article_are_there() -> None:
    assert set(ARTICLE) <= set(ENCODERS)
    for operation in ENCODERS.values():
        assert operation.summary
        assert all(row.doc for row in operation.params)


@pytest.mark.parametrize("name", ENCODERS)
def test_the_bits_do_not_depend_on_how_many_threads_there_are(name: str) -> None:
    draw = encoder(name, (301, 333))  # no whole number of vectors, nor of shares
    threads = torch.get_num_threads()
    pictures = []
    try:
        for count in (1, 3):
            torch.set_num_threads(count)
            pictures.append(draw(heard(10.9)))
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(threads)
    assert np.array_equal(*pictures)


@pytest.mark.parametrize("name", ENCODERS)
def test_it_needs_no_limiting(name: str) -> None:
    picture = encoder(name)(heard(10.9))
    assert in_range(ENCODERS[name])
    assert np.array_equal(as_picture(picture).numpy(), picture)
    assert picture.flags.c_contiguous
