"""Builds, drops and sections, in sounds made here and in composed songs."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.demo.composer import compose
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, INDEX, Rows, widened
from livegan.sound.hearing.analysis import Analyzer


def heard(mono: np.ndarray) -> Rows:
    return Analyzer().feed(np.repeat(mono[:, None], 2, axis=1).astype(np.float32))


def tone(hz: float, seconds: float, level: float = 0.2) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    return level * sum(np.sin(2 * np.pi * hz * k * t) / k for k in (1, 2, 3))


def noise(seconds: float, level: float = 0.1) -> np.ndarray:
    return level * np.random.default_rng(1).standard_normal(int(seconds * RATE))


def groove(seconds: float) -> np.ndarray:
    """A bass and a noise twice a second."""
    t = np.arange(int(seconds * RATE)) / RATE
    return tone(55, seconds, 0.3) + noise(seconds, 0.2) * np.exp(-(t % 0.5) / 0.04)


def times(rows: Rows, name: str) -> list[float]:
    """When a column goes up by more than 0.3 at once."""
    steps = np.diff(rows[:, INDEX[name]], prepend=0.0) > 0.3
    return [float(hop) * HOP / RATE for hop in np.flatnonzero(steps)]


def test_a_drop_is_bass_that_comes_back_after_it_was_away() -> None:
    sound = np.concatenate([groove(10), 0.7 * tone(440, 6), groove(6)])
    found = times(heard(sound), "drop")
    assert len(found) == 1 and 16.0 <= found[0] < 16.4


def test_steady_music_and_what_follows_silence_are_no_drop() -> None:
    for sound in (groove(20), np.concatenate([groove(8), np.zeros(6 * RATE), groove(8)])):
        assert times(heard(sound), "drop") == []


def test_a_section_is_counted_within_three_seconds_of_a_change() -> None:
    sound = np.concatenate([groove(12), tone(440, 12, 0.1), groove(12)])
    rows = heard(sound)
    assert rows[int(11.9 * RATE) // HOP, INDEX["section"]] == 0
    assert rows[int(15 * RATE) // HOP, INDEX["section"]] == 1
    assert rows[int(23.9 * RATE) // HOP, INDEX["section"]] == 1
    assert rows[-1, INDEX["section"]] == 2


def test_a_build_is_a_rise_and_not_what_is_loud() -> None:
    swell = np.linspace(0.02, 1, 8 * RATE) ** 2
    rising = tone(220, 8) + noise(8, 0.3) * swell
    rows = heard(np.concatenate([tone(220, 6), rising, groove(6)]))[:, INDEX["build"]]
    assert rows[550] < 0.1
    assert rows[1350] > 0.5
    assert rows[-1] < 0.1
    loud = heard(groove(20) * 2)[:, INDEX["build"]]
    assert loud[400:].max() < 0.15


def test_a_composed_song_drops_where_it_was_written_to() -> None:
    song = compose("house", 3, 30.0)
    wanted = [
        after.start
        for before, after in zip(song.sections, song.sections[1:], strict=False)
        if before.name == "build"
    ]
    found = times(Analyzer().feed(song.samples), "drop")
    for time in wanted:
        assert any(0 <= when - time < 0.6 for when in found)


def test_rows_of_an_older_livegan_get_the_columns_that_it_did_not_know() -> None:
    old = np.ones((3, 14))
    rows = widened(old)
    assert rows.shape == (3, len(FEATURES))
    assert (rows[:, :14] == 1).all() and (rows[:, 14:] == 0).all()
    with pytest.raises(ValueError, match="columns"):
        widened(np.ones((3, len(FEATURES) + 1)))
