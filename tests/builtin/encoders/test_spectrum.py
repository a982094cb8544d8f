"""A known tone is seen in the right row."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.builtin.encoders.spectrum import HIGHEST, LOWEST, filterbank, mel

from ..playing import encoder, hearing, tone


def row_of(hertz: float, height: int) -> float:
    """Where a frequency stands on the mel scale, in rows from the top."""
    low, high, here = (2595 * np.log10(1 + f / 700) for f in (LOWEST, HIGHEST, hertz))
    return float(height * (1 - (here - low) / (high - low)))


@pytest.mark.parametrize("hertz", [60.0, 220.0, 440.0, 1000.0, 3000.0, 9000.0])
@pytest.mark.parametrize("height", [96, 201])
def test_a_tone_is_brightest_in_its_row(hertz: float, height: int) -> None:
    picture = encoder("spectrum", (height, 64))(hearing(tone(hertz)).at(144000), seconds=2.0)
    brightest = int(picture.mean(0)[:, 10:50].mean(1).argmax())
    assert abs(brightest - row_of(hertz, height)) <= height / 40


def test_higher_is_above_and_later_is_right() -> None:
    samples = np.concatenate([tone(300, 2.0), tone(4000, 2.0)])
    light = encoder("spectrum", (100, 80))(hearing(samples).at(192000), seconds=4.0).mean(0)
    assert light[:, 10:30].mean(1).argmax() > light[:, 50:70].mean(1).argmax()


def test_gain_lifts_the_picture_and_louder_sound_does_too() -> None:
    draw = encoder("spectrum")
    quiet = draw(hearing(0.1 * tone(440)).at(96000)).mean()
    assert draw(hearing(tone(440)).at(96000)).mean() > quiet
    assert draw(hearing(0.1 * tone(440)).at(96000), gain=20.0).mean() > quiet


def test_no_band_is_empty() -> None:
    _, weights, starts, tilt = filterbank()
    sums = np.add.reduceat(weights, starts)
    assert len(sums) == len(tilt) == 128
    assert sums.min() > 0.1
    assert np.diff(starts).min() >= 1


def test_noise_is_even_over_the_bands_but_for_the_tilt() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (4096, 2)).astype(np.float32)
    loud = mel(noise)
    assert np.isfinite(loud).all()
    assert loud[100:].mean() > loud[:28].mean()
