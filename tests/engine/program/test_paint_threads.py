"""The threads that paint: side by side or alone, and the cores given back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from livegan.engine.program.paint_threads import PaintThreads


@pytest.fixture
def paint_threads() -> Iterator[PaintThreads]:
    torch.set_num_threads(2)
    paint_threads = PaintThreads.for_device(torch.device("cpu"))
    yield paint_threads
    paint_threads.close()
    torch.set_num_threads(1)


def test_the_caller_keeps_to_one_core_until_the_crew_ends(paint_threads: PaintThreads) -> None:
    assert torch.get_num_threads() == 1
    paint_threads.close()
    assert torch.get_num_threads() == 2


def test_a_second_player_of_the_process_has_as_many_cores(paint_threads: PaintThreads) -> None:
    second = PaintThreads.for_device(torch.device("cpu"))
    assert second.threads == 2
    second.close()
    assert torch.get_num_threads() == 1, "the first one is still open"
    paint_threads.close()
    assert torch.get_num_threads() == 2


def test_several_slots_have_a_core_each_and_one_alone_has_all(paint_threads: PaintThreads) -> None:
    assert paint_threads.run([torch.get_num_threads] * 3) == [1, 1, 1]
    assert paint_threads.run([torch.get_num_threads]) == [2]


def test_results_and_errors_come_back_in_order(paint_threads: PaintThreads) -> None:
    def fails() -> int:
        raise ValueError("late")

    first, second, third = paint_threads.run([lambda: 1, fails, lambda: 3])
    assert (first, third) == (1, 3)
    assert isinstance(second, ValueError)


def test_slots_are_side_by_side(paint_threads: PaintThreads) -> None:
    meeting = threading.Barrier(2, timeout=30)
    assert sorted(paint_threads.run([meeting.wait, meeting.wait])) == [0, 1]
