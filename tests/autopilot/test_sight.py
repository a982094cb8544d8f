"""What is seen in pictures: how they look, and slots that show nothing for some seconds."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.autopilot.sight import DEAD_S, PictureSight, shows_nothing, shrunk


def grey(value: int) -> np.ndarray:
    return np.full((48, 64, 3), value, np.uint8)


def noise(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (6, 8, 3), np.uint8)
    return small.repeat(8, axis=0).repeat(8, axis=1)


@pytest.mark.parametrize(("value", "what"), [(0, "black"), (255, "white"), (120, "flat")])
def test_a_picture_of_one_colour_shows_nothing(value: int, what: str) -> None:
    assert shows_nothing(shrunk(grey(value))) == what
    assert shows_nothing(shrunk(noise(1))) == ""


def test_motion_and_variety() -> None:
    still, moving = PictureSight(), PictureSight()
    for step in range(20):
        same = still.look(step / 4, noise(1), {})
        other = moving.look(step / 4, noise(step), {})
    assert same.motion == same.variety == 0 and other.motion > 0.1 and other.variety > 0.1


def test_flicker_is_of_the_whole_picture() -> None:
    sight = PictureSight()
    for step in range(12):
        seen = sight.look(step / 4, grey(60 + 100 * (step % 2)), {})
    assert seen.flicker > 0.3


def test_a_slot_is_dead_after_some_seconds_and_alive_again_at_once() -> None:
    sight = PictureSight()
    for step in range(round(DEAD_S * 4)):
        assert sight.look(step / 4, noise(1), {"a": grey(0), "b": noise(2)}).dead == ()
    assert sight.look(DEAD_S, noise(1), {"a": grey(0), "b": noise(2)}).dead == ("a",)
    assert sight.look(DEAD_S + 0.25, noise(1), {"a": noise(3), "b": noise(2)}).dead == ()


def test_it_looks_four_times_a_second_and_at_canvases_of_any_shape() -> None:
    sight = PictureSight()
    assert sight.due(0.0)
    sight.look(0.0, noise(1), {})
    assert not sight.due(0.1) and sight.due(0.25)
    for shape in ((1, 1), (7, 500), (90, 30)):
        sight.look(1.0, np.zeros((*shape, 3), np.uint8), {})
