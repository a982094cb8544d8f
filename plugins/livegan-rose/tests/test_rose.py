"""The rose opens outwards, and each note has a petal of its own."""

from __future__ import annotations

import numpy as np
import pytest
from livegan_rose import rose
from livegan_rose.constant_q import OCTAVES, RATE, STEPS, WINDOW, constant_q

from livegan.testing import conformance, render

test_rose = conformance("livegan-rose")


def tone(hertz: float, seconds: float = 4.0) -> np.ndarray:
    """(n, 2) of a sine, not loud."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.stack([0.2 * np.sin(2 * np.pi * hertz * time)] * 2, axis=1).astype(np.float32)


@pytest.mark.parametrize(("hertz", "note", "octave"), [(130.81, 0, 1), (440, 27, 2), (3520, 27, 5)])
def test_a_note_is_heard_in_its_octave(hertz: float, note: int, octave: int) -> None:
    heard = constant_q(tone(hertz)[:WINDOW]).reshape(OCTAVES, STEPS)
    assert np.unravel_index(heard.argmax(), heard.shape) == (octave, note)
    assert heard.max() > 0.8


def test_silence_and_noise_have_no_petals() -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, (WINDOW, 2)).astype(np.float32)
    assert constant_q(np.zeros((WINDOW, 2), np.float32)).max() == 0
    assert constant_q(noise).mean() < 0.3 * constant_q(tone(440)[:WINDOW]).max()


def test_a_note_is_a_petal_in_its_direction() -> None:
    # C is at the top, A nine semitones on, clockwise: to the left.
    picture = render(rose, tone(440), size=96, petals=1, swirl=0.0).astype(float).sum(axis=2)
    assert picture[48, 10:30].mean() > 4 * picture[48, 66:86].mean()
    assert picture[48, 10:30].mean() > 4 * picture[10:30, 48].mean()


def test_petals_go_round_as_often_as_they_are_asked_to() -> None:
    picture = render(rose, tone(440), size=96, petals=2, swirl=0.0).astype(int)
    assert np.abs(picture - picture[::-1, ::-1]).max() <= 2


def test_what_was_heard_moves_outwards() -> None:
    sound = tone(440)
    sound[RATE:] = 0
    bright = [
        np.argmax(render(rose, sound, at=at, size=96, swirl=0.0).max(axis=(0, 2))[48:])
        for at in (1.5, 2.5, 3.5)
    ]
    assert bright[0] < bright[1] < bright[2]
