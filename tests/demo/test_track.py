"""The demo track that travels with livegan."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from livegan.demo.__main__ import BPM, SECONDS, encode
from livegan.demo.composer.effects import loudness
from livegan.share import demo_track
from livegan.sound.media import decode


def test_it_is_a_minute_of_whole_bars_small_enough_for_a_wheel() -> None:
    samples = decode(demo_track())
    assert samples.shape == (int(SECONDS * 48000), 2)
    assert (SECONDS * BPM / 60) % 4 == 0
    assert demo_track().stat().st_size < 1_200_000


def test_it_is_as_loud_as_other_music_and_never_clips() -> None:
    samples = decode(demo_track())
    assert np.abs(samples).max() < 0.95
    assert -15.5 < loudness(samples) < -12.5


def test_its_end_leads_into_its_start() -> None:
    samples = decode(demo_track())
    usual = np.abs(np.diff(samples, axis=0)).max()
    assert np.abs(samples[0] - samples[-1]).max() < usual / 2


def test_it_begins_quietly_and_has_a_break() -> None:
    samples = decode(demo_track())
    quarters = [float(np.sqrt((part**2).mean())) for part in np.split(samples, 8)]
    assert quarters[0] < 0.4 * quarters[3]
    assert quarters[4] < 0.7 * quarters[7]


def test_encoding_the_same_samples_gives_the_same_file(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (48000, 2)).astype(np.float32)
    encode(noise, tmp_path / "a.ogg")
    encode(noise, tmp_path / "b.ogg")
    assert (tmp_path / "a.ogg").read_bytes() == (tmp_path / "b.ogg").read_bytes()
    assert not list(tmp_path.glob(".*"))
