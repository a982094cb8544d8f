"""Tempo and beats."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.demo.composer import compose
from livegan.sound import RATE
from livegan.sound.features import INDEX
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.hearing.tempo import Tempo
from livegan.sound.report import beat_times

BPM, BEATS = INDEX["bpm"], INDEX["beats"]


def clicks(bpm: float, seconds: float, start: float = 0.0) -> Tempo:
    """A tempo that has heard one stroke a beat."""
    tempo = Tempo()
    period, last = 60.0 / bpm, -1
    for hop in range(round(seconds * 100)):
        beat = int((hop / 100 - start) // period)
        tempo.step(1.0 if beat > last and hop / 100 >= start else 0.02)
        last = max(last, beat)
    return tempo


@pytest.mark.parametrize("bpm", [80, 90, 104, 120, 128, 140, 160])
def test_an_even_pulse_gives_its_tempo_and_phase(bpm: float) -> None:
    tempo = clicks(bpm, 15)
    assert tempo.bpm == pytest.approx(bpm, rel=0.01)
    phase = tempo.beats - 15 * bpm / 60
    assert abs(phase - round(phase)) < 0.12


@pytest.mark.parametrize(("style", "seed"), [("techno", 4), ("rock", 5), ("house", 6)])
def test_the_beats_of_a_song_are_followed(style: str, seed: int) -> None:
    song = compose(style, seed, 20.0)
    rows = Analyzer().feed(song.samples)
    assert rows[-1, BPM] == pytest.approx(song.bpm, rel=0.01)
    late = [time for time in beat_times(rows[:, BEATS]) if time > 10]
    assert len(late) == pytest.approx(10 * song.bpm / 60, abs=1.5)
    errors = [np.abs(song.beats - time).min() for time in late]
    assert np.mean(np.array(errors) < 0.07) > 0.9


def test_beats_never_go_back() -> None:
    song = compose("dub", 2, 12.0)
    analyzer = Analyzer()
    parts = [analyzer.feed(song.samples[: 5 * RATE])]
    for time in (5.0, 5.7, 6.4):
        analyzer.tap(time)
    parts.append(analyzer.feed(song.samples[5 * RATE : 9 * RATE]))
    analyzer.bpm = 90
    parts.append(analyzer.feed(song.samples[9 * RATE :]))
    beats = np.concatenate(parts)[:, BEATS]
    assert (np.diff(beats) >= 0).all()


def test_in_silence_the_last_tempo_goes_on() -> None:
    tempo = clicks(100, 12)
    before = tempo.beats
    for _ in range(1500):
        tempo.step(0.0)
    assert tempo.bpm == pytest.approx(100, rel=0.01)
    assert tempo.beats - before == pytest.approx(25, abs=0.6)


def test_a_fixed_tempo_runs_from_the_start_whatever_is_heard() -> None:
    rows = Analyzer(bpm=96).feed(compose("techno", 1, 3.0).samples)
    times = (np.arange(len(rows)) + 1) / 100
    assert np.allclose(rows[:, BEATS], times * 96 / 60, atol=1e-4)
    assert (rows[:, BPM] == 96).all()


def test_a_tempo_fixed_later_falls_on_its_own_grid() -> None:
    analyzer = Analyzer()
    before = analyzer.feed(np.zeros((5 * RATE, 2), np.float32))[-1, BEATS]
    analyzer.bpm = 60
    after = analyzer.feed(np.zeros((RATE, 2), np.float32))[-1, BEATS]
    assert after > before
    assert (after - 6.0) % 4 == pytest.approx(0, abs=1e-4)
    analyzer.bpm = None
    assert analyzer.bpm == 60


def test_whole_beats_of_a_fixed_tempo_are_whole_numbers() -> None:
    tempo, counts = Tempo(100), []
    for _ in range(60 * 30):
        tempo.step(0.0)
        counts.append(tempo.beats)
    assert counts[59::60] == list(range(1, 31))


@pytest.mark.parametrize("bars", [25_000, 100_000])
def test_beats_are_as_even_after_hours_as_at_first(bars: int) -> None:
    sound = np.zeros((3 * RATE, 2), np.float32)
    early, late = Analyzer(), Analyzer()
    late._tempo.beats = 4.0 * bars
    steps = [np.diff(analyzer.feed(sound)[:, BEATS]) for analyzer in (early, late)]
    assert steps[0] == pytest.approx(0.02)
    assert np.abs(steps[1] - steps[0]).max() < 1e-4 * 0.02


@pytest.mark.parametrize("bars", [2**13, 2**16, 2**20])
def test_beats_are_aligned_after_hours_as_at_first(bars: int) -> None:
    early, late = Tempo(), Tempo()
    late.beats = 4.0 * bars
    rng, errors = np.random.default_rng(2), []
    for hop in range(1600):
        strength = float(hop % 47 == 0) + 0.02 * float(rng.random())
        for tempo in (early, late):
            tempo.step(strength)
        if hop % 10 == 9:
            # The same fraction: this is about how it is read, not how it was counted.
            late.beats = 4.0 * bars + early.beats
            for tempo in (early, late):
                tempo._align()
            errors.append((early._error, late._error))
    found = np.array(errors)
    assert np.ptp(found[:, 0]) > 0.05
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=1e-9)


def test_three_taps_set_tempo_and_phase_and_the_first_begins_a_bar() -> None:
    tempo = Tempo()
    for _ in range(520):
        tempo.step(0.0)
    for time in (4.0, 4.6, 5.2):
        tempo.tap(time)
    assert tempo.bpm == pytest.approx(100)
    tempo.step(0.0)
    bars = (tempo.beats - (tempo.time - 4.0) / 0.6) / 4
    assert bars == pytest.approx(round(bars), abs=1e-6)


def test_tapping_on_never_throws_the_count_a_bar_ahead() -> None:
    tempo = Tempo()
    counts = []
    for hop in range(1200):
        tempo.step(0.0)
        if hop >= 400 and hop % 40 == 0:
            tempo.tap(tempo.time + (0.01 if hop % 80 else -0.01))
        counts.append(tempo.beats)
    steps = np.diff(counts[500:])
    assert steps.min() >= 0
    assert steps.max() < 0.3
    assert counts[-1] - counts[500] == pytest.approx(700 * 0.01 / 0.4, abs=0.5)


def test_taps_decide_between_a_tempo_and_its_double() -> None:
    tempo = clicks(140, 10)
    for time in (10.0, 10.0 + 6 / 7, 10.0 + 12 / 7):
        tempo.tap(time)
    for hop in range(800):
        tempo.step(1.0 if hop % 43 == 0 else 0.02)
    assert tempo.bpm == pytest.approx(70, rel=0.04)


def test_a_pause_starts_the_taps_over() -> None:
    tempo = Tempo()
    for time in (0.0, 0.5, 5.0, 5.4, 5.8):
        tempo.tap(time)
    assert tempo.bpm == pytest.approx(150)


@pytest.mark.parametrize("bpm", [0, -3, 1000, float("nan")])
def test_an_impossible_tempo_is_refused(bpm: float) -> None:
    with pytest.raises(ValueError, match="between 20 and 400"):
        Tempo(bpm)
