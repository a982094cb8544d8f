"""Sound of any source follows the clock of the show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.sound import RATE
from livegan.sound.inputs.pace import BEHIND, LATE, SoundPace, stretched


def tone(start: int, count: int, hz: float = 200.0) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * hz * np.arange(start, start + count) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


NOTHING = np.zeros((0, 2), np.float32)
STEEPEST = 0.5 * 2 * np.pi * 200 / RATE
"""Largest step between two samples of the tone."""


def test_a_steady_source_comes_through_unchanged() -> None:
    pace, out = SoundPace(), []
    for i in range(400):
        out.append(pace.fit(tone(i * 480, 480), due=(i + 1) * 480 + 1000 + (i % 3) * 100))
    heard = np.concatenate(out)
    start = len(heard) - 400 * 480
    np.testing.assert_array_equal(heard[start + 480 :], tone(480, 400 * 480 - 480))


@pytest.mark.parametrize("parts_per_million", [-300, -50, 50, 300])
def test_a_device_whose_clock_is_off_does_not_drift_away_in_a_long_show(
    parts_per_million: int,
) -> None:
    pace, clock, block = SoundPace(), 0.0, tone(0, 2400)
    distances, changes = [], 0
    for i in range(600 * 20):  # ten minutes
        clock += 2400 * (1 - parts_per_million * 1e-6)
        out = pace.fit(block, due=int(clock) + 1500)
        changes += abs(len(out) - 2400) if i else 0
        distances.append(int(clock) + 1500 - pace.position)
    settled = np.array(distances[4000:])
    assert np.ptp(settled) < 100  # 2 ms
    assert np.abs(settled - distances[40]).max() < 0.012 * RATE
    expected = abs(parts_per_million) * 1e-6 * 600 * RATE
    assert changes == pytest.approx(expected, rel=0.2)


def test_silence_follows_the_clock_when_nothing_comes() -> None:
    pace, due = SoundPace(), 0
    for _ in range(20):
        due += 480
        pace.fit(tone(due, 480), due + 500)
    before = pace.position
    written = [len(pace.fit(NOTHING, due + 500 + i * 200)) for i in range(1, 100)]
    assert pace.position == before + sum(written)
    first = next(i for i, count in enumerate(written) if count)
    assert written[:first] == [0] * first
    assert all(count <= LATE for count in written)
    assert due + 500 + 99 * 200 - pace.position <= BEHIND + 480


def test_neither_the_end_of_the_sound_nor_its_return_clicks() -> None:
    pace, out, due = SoundPace(), [], 0
    for i in range(300):
        due += 480
        gone = 100 <= i < 200
        # What comes back is somewhere else in its tone.
        sound = NOTHING if gone else tone(i * 480 + (170 if i >= 200 else 0), 480)
        out.append(pace.fit(sound, due + 500))
    heard = np.concatenate(out)
    assert not heard[120 * 480 : 190 * 480].any()
    assert np.abs(np.diff(heard[:, 0])).max() < 1.5 * STEEPEST


def test_what_comes_late_and_all_at_once_loses_its_oldest_part() -> None:
    pace, due, out = SoundPace(), 0, []
    for i in range(100):
        due += 480
        out.append(pace.fit(tone(i * 480, 480), due + 500))
    for _ in range(60):
        due += 480
        out.append(pace.fit(NOTHING, due + 500))
    out.append(pace.fit(tone(100 * 480, 60 * 480), due + 500))
    assert 0 <= due + 500 - pace.position <= BEHIND
    np.testing.assert_array_equal(out[-1][-480:], tone(159 * 480, 480))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 6000)), max_size=60))
def test_time_never_goes_back_nor_ahead_of_the_clock(steps: list[tuple[int, int]]) -> None:
    pace, due, total = SoundPace(), 0, 0
    for passed, came in steps:
        due += passed
        out = pace.fit(tone(0, came), due)
        total += len(out)
        assert pace.position == total
        assert pace.position <= due + 480
        assert due - pace.position <= LATE + 480 or came
        assert np.isfinite(out).all() and np.abs(out).max(initial=0) <= 1.0


def test_a_source_that_is_asked_gives_what_is_wanted() -> None:
    pace, due = SoundPace(), 0
    for _ in range(100):
        due += 200
        pace.fit(tone(0, pace.wanted(due)), due)
    assert due - pace.position == BEHIND


@pytest.mark.parametrize("count", [470, 479, 481, 490])
def test_stretching_keeps_the_sound(count: int) -> None:
    out = stretched(tone(0, 480), count)
    assert out.shape == (count, 2) and out.dtype == np.float32
    at = np.linspace(0, 479, count)
    expected = 0.5 * np.sin(2 * np.pi * 200 * at / RATE)
    np.testing.assert_allclose(out[:, 0], expected, atol=1e-4)
