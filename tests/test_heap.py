"""Freed memory is kept for the next step, until it is given back."""

from __future__ import annotations

import subprocess
import sys

import pytest

MEGABYTE = 2**20
KEEPS = """
import psutil, torch
from livegan.heap import give_back, keep_freed

keep_freed()
held = lambda: psutil.Process().memory_info().rss
before = held()
pictures, small = [], []
for _ in range(50):
    pictures.append(torch.ones(3, 512, 512))
    small.append(torch.ones(100))  # lives on, above what is freed
del pictures
kept = held()
give_back()
print(kept - before, held() - before, float(sum(s.sum() for s in small)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_what_is_kept_is_given_back_and_what_lives_stays_as_it_is() -> None:
    done = subprocess.run(
        [sys.executable, "-c", KEEPS], capture_output=True, text=True, check=True, timeout=120
    )
    kept, left, total = map(float, done.stdout.split())
    assert kept > 100 * MEGABYTE
    assert left < 20 * MEGABYTE
    assert total == 5000
