"""Deadlines interrupt what does not come back, and nothing else."""

from __future__ import annotations

import time

import pytest

from livegan.engine.deadline import Overrun, watchdog


def test_a_loop_is_interrupted() -> None:
    with pytest.raises(Overrun), watchdog.limit(0.1):
        while True:
            pass


def test_a_loop_that_swallows_everything_is_interrupted_all_the_same() -> None:
    began = time.monotonic()
    with pytest.raises(Overrun), watchdog.limit(0.1):
        while time.monotonic() < began + 30:
            try:
                while True:
                    pass
            except BaseException:
                if time.monotonic() > began + 0.5:
                    raise


def test_what_is_in_time_is_left_alone() -> None:
    for _ in range(50):
        with watchdog.limit(5):
            pass
    time.sleep(0.1)


def test_nothing_is_raised_after_the_block() -> None:
    for _ in range(10):
        try:
            with watchdog.limit(0.05):
                time.sleep(0.055)
        except Overrun:
            pass
        for _ in range(1000):
            pass
