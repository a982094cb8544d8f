"""The analysis of a running sound."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.demo.composer import compose
from livegan.sound import HOP, RATE
from livegan.sound.features import INDEX
from livegan.sound.hearing.analysis import FEATURES, Analyzer
from livegan.sound.report import analyze

RNG = np.random.default_rng(5)
SONG = compose("rock", 3, 6.0)


def stereo(mono: np.ndarray) -> np.ndarray:
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)


def noise(seconds: float, dbfs: float) -> np.ndarray:
    wave = np.random.default_rng(1).standard_normal(round(seconds * RATE))
    return stereo(wave * 10 ** (dbfs / 20))


def column(rows: np.ndarray, name: str) -> np.ndarray:
    return rows[:, INDEX[name]]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40))
def test_the_same_sound_gives_the_same_bits_however_it_is_cut(cuts: list[int]) -> None:
    sound = SONG.samples[: 2 * RATE]
    whole = Analyzer().feed(sound)
    analyzer, rows, at = Analyzer(), [], 0
    for size in [*cuts, len(sound)]:
        rows.append(analyzer.feed(sound[at : at + size]))
        at += size
    assert np.array_equal(np.concatenate(rows), whole)


def test_a_row_is_given_for_every_whole_hop() -> None:
    analyzer = Analyzer()
    assert analyzer.feed(np.zeros((HOP - 1, 2), np.float32)).shape == (0, len(FEATURES))
    assert analyzer.feed(np.zeros((1, 2), np.float32)).shape == (1, len(FEATURES))
    assert analyzer.feed(np.zeros((3 * HOP + 7, 2), np.float32)).shape == (3, len(FEATURES))
    assert analyzer.hops == 4


def test_what_comes_later_changes_nothing() -> None:
    sound = SONG.samples[: 3 * RATE].copy()
    before = Analyzer().feed(sound)[:200]
    sound[2 * RATE :] = RNG.standard_normal(sound[2 * RATE :].shape) * 0.3
    assert np.array_equal(Analyzer().feed(sound)[:200], before)


def test_digital_silence_is_dark() -> None:
    rows = Analyzer().feed(np.zeros((4 * RATE, 2), np.float32))
    for name in ("level", "low", "mid", "high", "onset", "kick", "snare"):
        assert not column(rows, name).any(), name
    assert len(set(column(rows, "centroid").tolist())) == 1


def test_quiet_noise_is_not_amplified_into_light() -> None:
    rows = Analyzer().feed(noise(20, -65))
    for name in ("level", "low", "mid", "high", "onset", "kick", "snare"):
        assert column(rows, name).max() == 0, name


def test_a_fade_out_goes_dark() -> None:
    sound = compose("house", 1, 16.0).samples.copy()
    fade = np.clip((10 - np.arange(len(sound)) / RATE) / 6, 0, 1)
    rows = Analyzer().feed(sound * (fade**2)[:, None].astype(np.float32))
    assert column(rows, "level")[:400].mean() > 0.3
    assert column(rows, "level")[1020:].max() == 0


def test_quiet_music_plays_as_well_as_loud_music() -> None:
    loud = compose("house", 2, 12.0).samples
    means = [column(Analyzer().feed(loud * gain), "level")[600:].mean() for gain in (1, 0.1)]
    assert means[1] == pytest.approx(means[0], rel=0.15)


@pytest.mark.parametrize(("hz", "name"), [(70, "low"), (700, "mid"), (6000, "high")])
def test_a_band_follows_its_frequencies(hz: float, name: str) -> None:
    t = np.arange(2 * RATE) / RATE
    rows = Analyzer().feed(stereo(0.3 * np.sin(2 * np.pi * hz * t)))[100:]
    values = {band: column(rows, band).mean() for band in ("low", "mid", "high")}
    assert values[name] > 0.8
    assert all(value < 0.3 for band, value in values.items() if band != name)


def test_centroid_rises_with_frequency_and_holds_in_silence() -> None:
    t = np.arange(RATE) / RATE
    means = []
    for hz in (100, 500, 2500, 10000):
        rows = Analyzer().feed(stereo(0.3 * np.sin(2 * np.pi * hz * t)))
        means.append(column(rows, "centroid")[-1])
    assert means == sorted(means)
    assert means[0] < 0.3 < 0.8 < means[-1]
    tail = Analyzer()
    tail.feed(stereo(0.3 * np.sin(2 * np.pi * 2500 * t)))
    held = column(tail.feed(np.zeros((RATE, 2), np.float32)), "centroid")[20:]
    assert held.max() - held.min() < 1e-6


def test_sound_in_opposite_phase_is_heard() -> None:
    t = np.arange(RATE) / RATE
    wave = 0.3 * np.sin(2 * np.pi * 700 * t)
    rows = Analyzer().feed(np.stack([wave, -wave], axis=1).astype(np.float32))
    assert column(rows, "mid")[-1] > 0.5


def test_envelopes_jump_at_an_attack_and_fall_in_150_ms() -> None:
    sound = np.zeros((RATE, 2), np.float32)
    burst = RNG.standard_normal(2400) * np.exp(-np.arange(2400) / 400) * 0.5
    sound[24000:26400] = burst[:, None]
    onset = column(Analyzer().feed(sound), "onset")
    peak = int(np.argmax(onset))
    assert 50 <= peak <= 55
    assert onset[peak] > 0.5
    assert onset[peak + 15] == pytest.approx(onset[peak] / 10, rel=0.05)


def test_onsets_of_notes_are_found_where_they_begin() -> None:
    t = np.arange(int(0.4 * RATE)) / RATE
    sound = np.zeros(5 * RATE)
    starts = [0.5 + 0.45 * i for i in range(9)]
    for i, start in enumerate(starts):
        at = round(start * RATE)
        note = sum(np.sin(2 * np.pi * 220 * 2 ** (i / 12) * k * t) / k for k in range(1, 8))
        sound[at : at + len(t)] += 0.1 * note * np.exp(-t / 0.1) * np.minimum(1, t / 0.003)
    found = np.array(analyze(stereo(sound))["onsets"])
    assert len(found) == len(starts)
    assert np.abs(found - starts).max() < 0.025


def test_rubbish_in_the_sound_does_not_stay() -> None:
    sound = SONG.samples[:RATE].copy()
    sound[1000:1500] = np.nan
    sound[2000:2100] = np.inf
    analyzer = Analyzer()
    assert np.isfinite(analyzer.feed(sound)).all()
    assert np.isfinite(analyzer.feed(SONG.samples)).all()


def test_a_mono_block_is_refused_with_its_shape() -> None:
    with pytest.raises(ValueError, match=r"\(m, 2\), not \(480,\)"):
        Analyzer().feed(np.zeros(480, np.float32))


def test_what_is_held_does_not_grow_with_the_show() -> None:
    analyzer, song = Analyzer(), compose("techno", 1, 60.0).samples
    held = []
    for _ in range(3):
        analyzer.feed(song)
        held.append(len(pickle.dumps(vars(analyzer) | {"_struck": None})))
    assert held[2] == pytest.approx(held[1], rel=0.001)


def test_all_values_stay_in_their_range() -> None:
    rows = Analyzer().feed(np.clip(SONG.samples * 20, -1, 1))
    for name in FEATURES[:8]:
        assert column(rows, name).min() >= 0, name
        assert column(rows, name).max() <= 1, name


def test_a_report_is_plain_data_with_a_value_a_hop() -> None:
    sound = SONG.samples[: 2 * RATE + 100]
    report = analyze(sound)
    assert json.loads(json.dumps(report)) == report
    assert report["hop_s"] == 0.01
    assert report["duration_s"] == pytest.approx(len(sound) / RATE, abs=1e-4)
    for name in FEATURES[:8]:
        assert len(report[name]) == 201, name
    for kind in ("kicks", "snares", "onsets"):
        assert len(report[kind]) == len(report[f"{kind}_reported"])
        assert all(0 <= time <= report["duration_s"] for time in report[kind])


def test_a_report_of_nothing_is_empty() -> None:
    report = analyze(np.zeros((0, 2), np.float32))
    assert report["kicks"] == report["beats"] == report["level"] == []


def test_a_report_agrees_with_the_running_analysis() -> None:
    sound = SONG.samples[: 3 * RATE]
    rows = Analyzer().feed(sound)
    assert np.allclose(analyze(sound)["mid"], column(rows, "mid"), atol=6e-5)


def test_all_but_beats_are_float32_values() -> None:
    rows = Analyzer().feed(SONG.samples[: 4 * RATE])
    assert rows.dtype == np.float64
    for name in FEATURES:
        exact = column(rows, name) == column(rows, name).astype(np.float32)
        assert exact.all() == (name != "beats"), name
