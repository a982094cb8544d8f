"""Whatever is written to the ring and read from it, in whatever pieces, it is as one long array."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.ipc.sound_ring import SLACK_SECONDS, SoundRing
from livegan.sound import HOP
from livegan.sound.features import FEATURES

SMALL = 0.05 - SLACK_SECONDS
"""Seconds of a ring of five hops, which comes round often."""
CAPACITY = 5 * HOP

sizes = st.one_of(st.integers(0, 50), st.integers(0, 3 * CAPACITY), st.just(CAPACITY))
steps = st.lists(st.tuples(sizes, st.integers(-CAPACITY, 2 * CAPACITY), sizes), max_size=12)
"""How much is written; then from where, counted back from the end, and how much is read."""


def ramp(start: int, stop: int) -> np.ndarray:
    """(n, 2) samples that say their own index, none of them 0."""
    index = np.arange(start, stop, dtype=np.float32) + 1
    return np.stack([index, -index], axis=1)


def expected(written: np.ndarray, kept: int, start: int, stop: int) -> np.ndarray:
    """What an endless array of ``written`` has there, of which the last ``kept`` rows are known."""
    out = np.zeros((max(0, stop - start), written.shape[1]), np.float32)
    low, high = max(start, len(written) - kept, 0), min(stop, len(written))
    if low < high:
        out[low - start : high - start] = written[low:high]
    return out


@given(steps)
def test_sound_is_as_one_array_for_the_writer_and_for_another_view(
    steps: list[tuple[int, int, int]],
) -> None:
    whole = np.zeros((0, 2), np.float32)
    with SoundRing.create(SMALL) as ring:
        view = SoundRing.attach(ring.name)
        assert ring.capacity == CAPACITY
        for written, back, count in steps:
            ring.write(ramp(len(whole), len(whole) + written))
            whole = np.concatenate([whole, ramp(len(whole), len(whole) + written)])
            start = len(whole) - back
            for reader in (ring, view):
                assert reader.position == len(whole)
                np.testing.assert_array_equal(
                    reader.samples(start, start + count),
                    expected(whole, CAPACITY, start, start + count),
                )
        view.close()


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(-6, 12), st.integers(0, 12))))
def test_features_are_as_one_table(steps: list[tuple[int, int, int]]) -> None:
    table = np.zeros((0, len(FEATURES)), np.float32)
    with SoundRing.create(SMALL) as ring:
        for written, back, count in steps:
            numbers = np.arange(1, written * len(FEATURES) + 1, dtype=np.float32)
            rows = numbers.reshape(written, len(FEATURES)) + len(table)
            ring.write_features(rows)
            table = np.concatenate([table, rows])
            start = len(table) - back
            assert ring.hops == len(table)
            np.testing.assert_array_equal(
                ring.features(start, start + count), expected(table, 5, start, start + count)
            )


READER = """
import sys
import numpy as np
from livegan.ipc.sound_ring import SoundRing
for line in sys.stdin:
    name, start, stop = line.split()
    ring = SoundRing.attach(name)
    out = ring.samples(int(start), int(stop))
    sys.stdout.buffer.write(np.int64([ring.position]).tobytes() + out.tobytes())
    sys.stdout.flush()
    ring.close()
"""

Read = Callable[[str, int, int], tuple[int, np.ndarray]]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Read]:
    """Reads a ring in another process."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None and stdout is not None

    def read(name: str, start: int, stop: int) -> tuple[int, np.ndarray]:
        stdin.write(f"{name} {start} {stop}\n".encode())
        stdin.flush()
        position = np.frombuffer(stdout.read(8), np.int64)[0]
        data = stdout.read(8 * max(0, stop - start))
        return int(position), np.frombuffer(data, np.float32).reshape(-1, 2)

    yield read
    process.communicate()


@given(steps=steps)
def test_another_process_reads_the_same(elsewhere: Read, steps: list[tuple[int, int, int]]) -> None:
    whole = np.zeros((0, 2), np.float32)
    with SoundRing.create(SMALL) as ring:
        for written, back, count in steps:
            ring.write(ramp(len(whole), len(whole) + written))
            whole = np.concatenate([whole, ramp(len(whole), len(whole) + written)])
            start = len(whole) - back
            position, out = elsewhere(ring.name, start, start + count)
            assert position == len(whole)
            np.testing.assert_array_equal(out, expected(whole, CAPACITY, start, start + count))
