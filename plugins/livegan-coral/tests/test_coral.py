"""The reef lives on any sound, and is what it would have been, whenever it is built."""

from __future__ import annotations

import numpy as np
import pytest
from livegan_coral import KINDS, LIFE, Coral
from livegan_coral.gray_scott import GrayScott

from livegan.testing import conformance, render

test_coral = conformance("livegan-coral")

RATE = 48000


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sown_grows_and_does_not_fill_everything(kind: str) -> None:
    dish = GrayScott(96)
    dish.drop(0.5, 0.5, 6)
    sown = float((dish.v > 0.1).mean())
    for _ in range(1200):
        dish.step(*KINDS[kind])
    grown = float((dish.v > 0.1).mean())
    assert sown < grown < 0.99
    assert dish.v.std() > 0.03


def test_whatever_is_fed_the_dish_holds_what_a_dish_can() -> None:
    dish = GrayScott(32)
    chance = np.random.default_rng(0)
    for _ in range(500):
        dish.drop(*chance.random(2), radius=chance.uniform(0.1, 20))
        dish.step(*chance.uniform(0, 1, 2))
        assert 0 <= dish.u.min() <= dish.u.max() <= 1
        assert 0 <= dish.v.min() <= dish.v.max() <= 1


def test_borders_meet() -> None:
    dish = GrayScott(48)
    dish.drop(0.0, 0.5, 6)
    for _ in range(60):
        dish.step(*KINDS["coral"])
    assert np.allclose(dish.v[:, 1:24], dish.v[:, :24:-1], atol=1e-5)
    assert dish.v[24, 46] > 0.1


def test_attacks_sow_and_silence_goes_on_growing() -> None:
    time = np.arange(4 * RATE) / RATE
    kick = np.sin(2 * np.pi * 60 * time) * np.exp(-12 * (time % 0.5))
    silent = np.zeros((4 * RATE, 2), np.float32)
    played = np.stack([kick, kick], axis=1).astype(np.float32)
    quiet = [render(Coral, silent, at=at, size=64) for at in (1.0, 4.0)]
    assert (quiet[0] != quiet[1]).any() and quiet[1].std() > 10
    beaten = render(Coral, played, at=4.0, size=64)
    assert np.abs(beaten.astype(int) - quiet[1]).mean() > 2


def test_colonies_follow_one_another_without_a_jump() -> None:
    # Where one is born and another dies back, the picture goes on: longer than a life.
    class Silence:
        hop, rate, low = 480, RATE, 0.0

        def __init__(self, hop: int) -> None:
            self.position = hop * self.hop

        def feature(self, name: str, seconds: float) -> np.ndarray:
            return np.zeros(round(100 * seconds), np.float32)

    reef = Coral(kind="coral")
    before = None
    for hop in range(LIFE // 2 - 6, LIFE // 2 + 7, 3):
        picture = reef.draw(Silence(hop), size=(64, 64), relief=1.0, turn=0.0)  # type: ignore[arg-type]
        if before is not None:
            assert float((picture - before).abs().mean()) < 0.02
        before = picture
