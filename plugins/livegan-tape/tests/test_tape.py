"""livegan's checks, and what only this patch does."""

from __future__ import annotations

import numpy as np
from livegan_tape import tape
from numpy.typing import NDArray

from livegan.testing import conformance, listen_to

RATE = 48000
test_checks = conformance("livegan-tape")


def heard_after(sound: NDArray[np.float32], **values: float) -> NDArray[np.float32]:
    """The tape's sound of it, after a second in which the tape has reached its speed."""
    silence = np.zeros((RATE, 2), np.float32)
    return listen_to(tape, np.concatenate([silence, sound]), **values)[RATE:]


def click(seconds: float = 2.0) -> NDArray[np.float32]:
    """(N, 2): 5 ms of noise, and then silence."""
    sound = np.zeros((round(RATE * seconds), 2), np.float32)
    sound[: RATE // 200] = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE // 200, 1))
    return sound


def loudness(heard: NDArray[np.float32], at_s: float) -> float:
    start = round(RATE * (at_s - 0.02))
    return float(np.sqrt((heard[start : start + round(0.06 * RATE)] ** 2).mean()))


def test_the_echo_comes_after_the_delay_and_again() -> None:
    heard = heard_after(click(), delay=0.4, back=0.7, wow=0.0, wet=1.0)
    assert loudness(heard, 0.4) > 10 * loudness(heard, 0.2)
    assert loudness(heard, 0.8) > 10 * loudness(heard, 0.6)
    assert loudness(heard, 0.4) > loudness(heard, 0.8) > loudness(heard, 1.2)


def test_an_old_tape_is_dull() -> None:
    def bright(age: float) -> float:
        heard = heard_after(click(1.0), delay=0.4, age=age, wow=0.0, wet=1.0)
        spectrum = np.abs(np.fft.rfft(heard[:, 0])) ** 2
        return float(spectrum[6000:].sum() / spectrum.sum())

    assert bright(1.0) < 0.3 * bright(0.0)


def test_it_is_as_it_was_when_dry() -> None:
    sound = click(0.5)
    np.testing.assert_allclose(heard_after(sound, wet=0.0), sound, atol=1e-4)


def test_everything_that_comes_back_does_not_burst() -> None:
    heard = heard_after(click(6.0), delay=0.02, back=1.0, wow=1.0, age=0.0, wet=1.0)
    assert np.abs(heard[-RATE:]).max() < 0.5
