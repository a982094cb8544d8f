"""The limiter: below its ceiling, never a jump, and the same whatever part is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.sound import HOP
from livegan.sound.limiter import CEILING, Limiter, limited

SOUND = np.random.default_rng(0).standard_normal((HOP * 60, 2)).astype(np.float32)
SOUND *= np.repeat(np.random.default_rng(1).uniform(0, 2, 60), HOP)[:, None]


def read(start: int, stop: int) -> np.ndarray:
    out = np.zeros((stop - start, 2), np.float32)
    low, high = max(start, 0), min(stop, len(SOUND))
    out[low - start : high - start] = SOUND[low:high]
    return out


def test_nothing_is_louder_than_the_ceiling() -> None:
    assert np.abs(limited(read, 0, len(SOUND))).max() <= CEILING + 1e-6


@pytest.mark.parametrize("size", [777, 1024])
def test_parts_are_those_of_the_whole(size: int) -> None:
    whole = limited(read, 0, len(SOUND))
    parts = [limited(read, at, min(at + size, len(SOUND))) for at in range(0, len(SOUND), size)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_it_is_what_a_running_limiter_gives_a_hop_later() -> None:
    running = Limiter()
    hops = [running.step(SOUND[at : at + HOP]) for at in range(0, len(SOUND), HOP)]
    assert np.array_equal(np.concatenate(hops[1:]), limited(read, 0, len(SOUND) - HOP))


def test_what_is_quiet_is_left_as_it_is() -> None:
    quiet = lambda start, stop: read(start, stop) * 0.01  # noqa: E731
    assert np.array_equal(limited(quiet, 0, 4800), quiet(0, 4800))
