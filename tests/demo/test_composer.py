"""Songs: the same seed is the same song, and what they say about themselves is true."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.demo.composer import STYLES, Song, compose
from livegan.demo.composer.arrangement import arrange
from livegan.demo.composer.effects import loudness

RATE = 48000


@pytest.fixture(scope="module")
def techno() -> Song:
    return compose("techno", seed=5, seconds=16)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_plays_without_clipping_and_at_one_loudness(style: str) -> None:
    song = compose(style, seed=1, seconds=12)
    assert song.samples.shape == (12 * RATE, 2)
    assert song.samples.dtype == np.float32
    assert np.isfinite(song.samples).all()
    assert np.abs(song.samples).max() < 0.95
    assert -17 < loudness(song.samples) < -12
    assert song.bpm >= STYLES[style].bpm[0]
    assert song.bpm <= STYLES[style].bpm[1]


def test_the_same_seed_is_the_same_song_to_the_bit(techno: Song) -> None:
    again = compose("techno", seed=5, seconds=16)
    assert np.array_equal(techno.samples, again.samples)
    assert np.array_equal(techno.kicks, again.kicks)


def test_another_seed_is_another_song(techno: Song) -> None:
    assert not np.array_equal(compose("techno", 6, 16).samples, techno.samples)


def test_the_sound_rises_at_every_kick_it_names(techno: Song) -> None:
    low = np.abs(np.convolve(techno.samples.mean(axis=1), np.ones(96) / 96, "same"))
    assert len(techno.kicks) > 8
    rises = []
    for at in (techno.kicks * RATE).astype(int):
        before = low[max(0, at - 960) : at].mean()
        rises.append(low[at : at + 1920].max() > 1.5 * before)
    assert np.mean(rises) > 0.95


def test_a_kick_on_every_beat_lies_on_the_beats(techno: Song) -> None:
    beat = 60 / techno.bpm
    full = techno.kicks[techno.kicks > techno.sections[-1].start]
    away = np.abs(full / beat - np.round(full / beat * 4) / 4) * beat
    assert away.max() < 0.001
    assert np.allclose(np.diff(techno.beats), beat)
    assert np.allclose(np.diff(techno.bars), 4 * beat)


def test_ambient_has_no_drums() -> None:
    song = compose("ambient", 2, 8)
    assert len(song.kicks) == 0
    assert len(song.snares) == 0


def test_a_break_is_quieter_than_the_full_section() -> None:
    song = compose("house", 3, 40)
    level = {
        s.name: float(np.abs(song.samples[int(s.start * RATE) : int(s.stop * RATE)]).mean())
        for s in song.sections
    }
    assert level["break"] < 0.7 * level["full"]
    assert level["intro"] < 0.7 * level["full"]


def test_sections_follow_each_other_to_the_end() -> None:
    song = compose("dub", 1, 30)
    assert song.sections[0].start == 0
    assert song.sections[-1].stop == 30
    for one, two in zip(song.sections, song.sections[1:], strict=False):
        assert one.stop == two.start


@pytest.mark.parametrize("bars", [1, 3, 7, 24, 61, 200])
def test_parts_fill_any_number_of_bars(bars: int) -> None:
    parts = arrange(bars, drums=True)
    assert sum(part.bars for part in parts) == bars
    assert [p.start for p in parts] == list(np.cumsum([0, *(p.bars for p in parts)])[:-1])


def test_a_given_tempo_is_kept() -> None:
    assert compose("rock", 1, 4, bpm=100).bpm == 100


def test_a_loop_is_whole_bars_and_its_end_meets_its_start() -> None:
    song = compose("techno", 7, 15, 128, loop=True)
    assert len(song.samples) == 15 * RATE
    seam = np.abs(song.samples[0] - song.samples[-1]).max()
    assert seam <= np.abs(np.diff(song.samples, axis=0)).max()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("polka",), "no style 'polka'; the styles are techno"),
        (("techno", 0, 0.2), "at least one second"),
        (("techno", 0, 4, 1000), "between 30 and 300"),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_line(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compose(*arguments)
