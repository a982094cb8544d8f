"""What all tests share."""

from __future__ import annotations

import os

import pytest

# Two test processes on two cores, each with two threads, wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)
