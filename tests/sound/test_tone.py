"""Pitch and the share of tones, on sounds made here."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES
from livegan.sound.history import Hearing, RecordedHistory, Sound


def heard(mono: np.ndarray) -> Sound:
    stereo = np.repeat(mono[:, None], 2, axis=1).astype(np.float32)
    features = np.zeros((len(stereo) // HOP, len(FEATURES)))
    return Hearing(RecordedHistory(stereo, features)).at(None)


def tone(hz: float, seconds: float = 1.0, partials: int = 6) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    return 0.2 * sum(np.sin(2 * np.pi * hz * k * t + k) / k for k in range(1, partials))


def clicks(seconds: float = 1.0) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal(len(t))
    return 0.3 * noise * np.exp(-(t % 0.125) / 0.01)


@pytest.mark.parametrize("hz", [58.0, 82.4, 110.0, 220.0, 440.0, 987.8, 1700.0])
@pytest.mark.parametrize("partials", [2, 8])
def test_the_pitch_of_a_tone_is_right_to_a_tenth_of_a_semitone(hz: float, partials: int) -> None:
    sound = heard(tone(hz, partials=partials))
    assert abs(12 * np.log2(sound.pitch / hz)) < 0.1
    assert sound.note == pytest.approx(69 + 12 * np.log2(hz / 440), abs=0.1)


def test_where_no_pitch_is_clear_it_is_0() -> None:
    noise = 0.2 * np.random.default_rng(1).standard_normal(RATE)
    for sound in (noise, np.zeros(RATE), tone(220) + 1.2 * tone(311), clicks()):
        assert heard(sound).pitch == 0.0
        assert heard(sound).note == 0.0


def test_tones_last_and_drums_do_not() -> None:
    chord = tone(220) + tone(277) + tone(330)
    alone, both, struck = (heard(s).harmonic for s in (chord, 0.3 * chord + clicks(), clicks()))
    assert alone > 0.85
    assert struck < 0.35
    assert struck < both < alone
    assert heard(np.zeros(RATE)).harmonic == 0.0


def test_the_same_past_gives_the_same_bits() -> None:
    sound = tone(200, 2.0) + 0.1 * clicks(2.0)
    one, other = heard(sound), heard(np.concatenate([np.zeros(0), sound]))
    for k in range(60, 100, 7):
        one.before(k * HOP).harmonic  # noqa: B018 (fills what is remembered)
    assert (one.pitch, one.harmonic) == (other.pitch, other.harmonic)
