"""Bass drum and snare drum, on sounds made here and on composed songs."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.demo.composer import compose
from livegan.sound import RATE
from livegan.sound.features import INDEX
from livegan.sound.hearing.analysis import Analyzer, Event
from livegan.sound.hearing.drums import together

TOLERANCE_S = 0.05


def stereo(mono: np.ndarray) -> np.ndarray:
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)


def events(sound: np.ndarray, kind: str) -> list[Event]:
    struck: list[Event] = []
    Analyzer(struck=struck.append).feed(np.concatenate([sound, np.zeros((4800, 2), np.float32)]))
    return [event for event in struck if event.kind == kind]


def f_measure(found: list[float], wanted: list[float]) -> float:
    left, hits = list(wanted), 0
    for time in found:
        near = [w for w in left if abs(w - time) <= TOLERANCE_S]
        if near:
            left.remove(near[0])
            hits += 1
    return 2 * hits / max(1, len(found) + len(wanted))


def kick(seconds: float = 0.4) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    hz = 52 * (1 + 4 * np.exp(-t / 0.02))
    click = np.random.default_rng(0).standard_normal(len(t)) * np.exp(-t / 0.002)
    return 0.7 * np.sin(2 * np.pi * np.cumsum(hz) / RATE) * np.exp(-t / 0.12) + 0.15 * click


def bass(key: int, seconds: float) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    hz = 440 * 2 ** ((key - 69) / 12)
    tone = sum(np.sin(2 * np.pi * hz * k * t) / k**1.3 for k in range(1, 9))
    return 0.3 * tone * np.minimum(1, t / 0.008) * np.minimum(1, (seconds - t) / 0.02)


def played(notes: list[tuple[float, np.ndarray]], seconds: float) -> np.ndarray:
    sound = np.zeros(int(seconds * RATE))
    for start, wave in notes:
        at = round(start * RATE)
        wave = wave[: len(sound) - at]
        sound[at : at + len(wave)] += wave
    return stereo(sound)


def test_kicks_are_found_where_they_strike() -> None:
    times = [0.5 + 0.4 * i for i in range(10)]
    found = events(played([(time, kick()) for time in times], 5.0), "kick")
    assert len(found) == len(times)
    assert max(abs(e.time_s - t) for e, t in zip(found, times, strict=True)) < 0.02


def test_fast_double_kicks_count_twice() -> None:
    times = [t for i in range(5) for t in (0.5 + i, 0.625 + i)]
    found = events(played([(time, kick(0.12)) for time in times], 6.0), "kick")
    assert f_measure([e.time_s for e in found], times) > 0.9


def test_a_bass_line_is_no_bass_drum() -> None:
    notes = [(0.25 * i, bass(28 + (i * 5) % 12, 0.24)) for i in range(32)]
    assert len(events(played(notes, 8.2), "kick")) <= 2


def test_kicks_are_told_from_the_bass_notes_between_them() -> None:
    times = [0.5 * i + 0.5 for i in range(14)]
    notes = [(t, kick()) for t in times]
    notes += [(0.25 + 0.5 * i, bass(33 + i % 5, 0.24)) for i in range(15)]
    found = [e.time_s for e in events(played(notes, 8.0), "kick")]
    assert f_measure(found, times) > 0.9


def test_a_ragtime_piano_has_almost_no_kicks() -> None:
    notes = []
    for i in range(32):
        t = np.arange(int(0.45 * RATE)) / RATE
        chord = (36 + (i * 7) % 12, 48 + (i * 7) % 12) if i % 2 == 0 else (60, 64, 67)
        wave = np.zeros(len(t))
        for key in (*chord, 72 + (i * 5) % 12):
            hz = 440 * 2 ** ((key - 69) / 12)
            wave += sum(
                np.sin(2 * np.pi * hz * k * (1 + 0.0004 * k * k) * t) * np.exp(-t * (2 + k)) / k
                for k in range(1, 12)
            )
        notes.append((0.3 * i, 0.1 * wave * np.minimum(1, t / 0.002)))
    assert len(events(played(notes, 10.0), "kick")) <= 2


def test_silence_and_hiss_have_no_drums() -> None:
    hiss = np.random.default_rng(2).standard_normal((5 * RATE, 2)).astype(np.float32)
    for sound in (hiss * 0, hiss * 0.0005, hiss * 0.1):
        assert len(events(sound, "kick")) == 0
        assert len(events(sound, "snare")) <= 1


@pytest.mark.parametrize("style", ["techno", "house", "rock", "drumandbass", "hiphop", "synthpop"])
def test_the_kicks_of_songs_are_found_and_known_within_50_ms(style: str) -> None:
    song = compose(style, 31, 16.0)
    found = events(song.samples, "kick")
    assert f_measure([e.time_s for e in found], song.kicks.tolist()) > 0.85
    for event in found:
        near = song.kicks[np.argmin(np.abs(song.kicks - event.time_s))]
        if abs(near - event.time_s) < 0.03:
            assert event.reported_s - near <= 0.05 + 1e-6


def test_the_snares_of_a_beat_are_told_from_its_kicks_and_hats() -> None:
    rng = np.random.default_rng(4)
    t = np.arange(int(0.25 * RATE)) / RATE
    wires = rng.standard_normal(len(t)) * np.exp(-t / 0.06)
    snare = 0.3 * wires + 0.4 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)
    hiss = np.diff(rng.standard_normal(len(t)), 2, append=[0, 0])
    hat = 0.04 * hiss * np.exp(-t / 0.015)
    backbeat = [1.0 + i for i in range(8)]
    notes = [(time, snare) for time in backbeat]
    notes += [(0.5 + i, kick()) for i in range(9)] + [(0.25 * i, hat) for i in range(38)]
    found = [e.time_s for e in events(played(notes, 9.6), "snare")]
    assert f_measure(found, backbeat) > 0.85


def test_a_kick_shows_in_the_feature_when_it_is_reported() -> None:
    sound = played([(0.5, kick()), (1.5, kick())], 2.5)
    envelope = Analyzer().feed(sound)[:, INDEX["kick"]]
    for event in events(sound, "kick"):
        row = round(event.reported_s * 100) - 1
        assert envelope[row - 1] < 0.05
        assert envelope[row] == pytest.approx(event.strength, abs=1e-6)


def test_loudness_does_not_matter() -> None:
    song = compose("house", 33, 10.0)
    times = [[e.time_s for e in events(song.samples * gain, "kick")] for gain in (1.0, 0.05, 0.01)]
    assert f_measure(times[1], times[0]) > 0.95
    assert f_measure(times[2], times[0]) > 0.9


def test_both_networks_have_as_much_say() -> None:
    one, other = np.array([0.9, 0.5, 0.0], np.float32), np.array([0.1, 0.5, 1.0], np.float32)
    np.testing.assert_allclose(together(one, other), 0.5, atol=1e-4)
    sure = together(np.float32([0.99]), np.float32([0.8]))
    assert 0.8 < sure[0] < 0.99 and sure.dtype == np.float32
