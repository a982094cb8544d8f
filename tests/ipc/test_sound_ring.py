"""The ring of sound that the stage writes and the engine reads."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from livegan.ipc.sound_ring import SoundRing
from livegan.sound.features import FEATURES


@pytest.fixture
def ring() -> Iterator[SoundRing]:
    with SoundRing.create(seconds=1) as ring:
        yield ring


def ramp(start: int, stop: int) -> np.ndarray:
    """Samples that say their own index, exact in float32 below 2**24."""
    index = np.arange(start, stop, dtype=np.float32)
    return np.stack([index, -index], axis=1)


def test_what_was_written_is_read_whatever_the_blocks(ring: SoundRing) -> None:
    position = 0
    for size in (1, 479, 480, 481, 7, 20000, 0, 20000, 20000):
        ring.write(ramp(position, position + size))
        position += size
        assert ring.position == position
    np.testing.assert_array_equal(ring.samples(15000, position), ramp(15000, position))


def test_there_is_silence_before_the_start_and_after_the_end(ring: SoundRing) -> None:
    ring.write(ramp(0, 100) + 1)
    out = ring.samples(-50, 150)
    assert out.shape == (200, 2)
    assert not out[:50].any() and not out[150:].any()
    np.testing.assert_array_equal(out[50:150], ramp(0, 100) + 1)
    assert ring.samples(10, 5).shape == (0, 2)
    assert not ring.samples(1000, 1100).any()


def test_at_least_the_promised_seconds_are_kept_and_the_rest_is_zero(ring: SoundRing) -> None:
    total = ring.capacity * 3 + 123
    for start in range(0, total, 4096):
        ring.write(ramp(start, min(total, start + 4096)))
    np.testing.assert_array_equal(ring.samples(total - 48000, total), ramp(total - 48000, total))
    out = ring.samples(total - ring.capacity - 10, total)
    assert not out[:10].any()
    np.testing.assert_array_equal(out[10:], ramp(total - ring.capacity, total))


def test_a_block_longer_than_the_ring_leaves_its_end(ring: SoundRing) -> None:
    total = ring.capacity + 5000
    ring.write(ramp(0, total))
    assert ring.position == total
    np.testing.assert_array_equal(ring.samples(5000, total), ramp(5000, total))


def test_features_are_rows_by_hop(ring: SoundRing) -> None:
    rows = np.arange(40 * len(FEATURES), dtype=np.float32).reshape(40, len(FEATURES))
    ring.write_features(rows[:7])
    ring.write_features(rows[7:])
    assert ring.hops == 40
    out = ring.features(-2, 42)
    np.testing.assert_array_equal(out[2:42], rows)
    assert not out[:2].any() and not out[42:].any()


def test_a_wrong_shape_is_refused(ring: SoundRing) -> None:
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        ring.write(np.zeros((5, 3), np.float32))
    with pytest.raises(ValueError, match=rf"\(n, {len(FEATURES)}\)"):
        ring.write_features(np.zeros((5, 3), np.float32))


def test_reading_gives_a_copy(ring: SoundRing) -> None:
    ring.write(ramp(0, 100))
    ring.samples(0, 100)[:] = 7
    np.testing.assert_array_equal(ring.samples(0, 100), ramp(0, 100))


def test_a_reader_that_is_lapped_gets_zeros_and_never_other_sound(ring: SoundRing) -> None:
    reader = SoundRing.attach(ring.name)
    stop = threading.Event()

    def write() -> None:
        position = 0
        while not stop.is_set() and position < 2**24 - 50000:
            ring.write(ramp(position + 1, position + 48001))
            position += 48000

    thread = threading.Thread(target=write)
    thread.start()
    checked = 0
    try:
        while thread.is_alive() and checked < 300:
            end = reader.position
            if end < ring.capacity:
                continue
            # The oldest sound there is: the writer is overwriting it at this moment.
            start = end - ring.capacity
            out = reader.samples(start, end)
            expected = ramp(start + 1, end + 1)
            assert ((out == expected) | (out == 0)).all()
            checked += 1
    finally:
        stop.set()
        thread.join()
        reader.close()
    assert checked


def test_closing_and_unlinking_twice_is_harmless() -> None:
    ring = SoundRing.create(seconds=0.1)
    other = SoundRing.attach(ring.name)
    other.unlink()  # not its own: only closes
    other.close()
    ring.write(ramp(0, 10))
    ring.close()
    ring.close()
    ring.unlink()
    ring.unlink()
    with pytest.raises(ValueError, match="closed"):
        ring.samples(0, 1)
    with pytest.raises(FileNotFoundError):
        SoundRing.attach(ring.name)


def test_memory_of_something_else_is_not_taken_for_a_ring() -> None:
    from multiprocessing.shared_memory import SharedMemory

    memory = SharedMemory(create=True, size=4096)
    try:
        with pytest.raises(ValueError, match="not a sound ring"):
            SoundRing.attach(memory.name)
    finally:
        memory.close()
        memory.unlink()


OWNER = """
import multiprocessing, sys
import numpy as np
from livegan.ipc.sound_ring import SoundRing

def child(name, answer):
    ring = SoundRing.attach(name)
    answer.send(float(ring.samples(0, 10)[:, 0].sum()))
    if sys.argv[-1] == "kill":
        import os
        os._exit(1)
    ring.close()

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    ring = SoundRing.create(seconds=1)
    ring.write(np.ones((10, 2), np.float32))
    for _ in range(2):
        here, there = context.Pipe()
        process = context.Process(target=child, args=(ring.name, there))
        process.start()
        print(here.recv())
        process.join()
        assert ring.samples(0, 10).sum() == 20
    SoundRing.attach(ring.name).close()
    ring.unlink()
"""


@pytest.mark.parametrize("how", ["leave", "kill"])
def test_a_child_that_attaches_neither_destroys_nor_warns(how: str, tmp_path) -> None:
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    done = subprocess.run(
        [sys.executable, str(script), how], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["10.0", "10.0"]
    assert done.stderr == ""


def test_a_stranger_that_attaches_neither_destroys_nor_warns(ring: SoundRing) -> None:
    ring.write(ramp(0, 10) + 1)
    code = (
        "import sys; from livegan.ipc.sound_ring import SoundRing; "
        "ring = SoundRing.attach(sys.argv[1]); print(ring.position)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, ring.name], capture_output=True, text=True, timeout=120
    )
    assert (done.stdout.strip(), done.stderr) == ("10", "")
    with SoundRing.attach(ring.name) as again:
        assert again.samples(0, 1)[0, 0] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/shm")
@pytest.mark.parametrize("scribble", [b"\x00", b"x", b"\xff"])
def test_a_header_that_code_of_a_set_wrote_over_is_right_with_the_next_block(
    scribble: bytes,
) -> None:
    with SoundRing.create(1) as ring:
        block = np.full((480, 2), 0.5, np.float32)
        rows = np.full((1, len(FEATURES)), 3.0)
        for _ in range(3):
            ring.write(block)
            ring.write_features(rows)
        with Path("/dev/shm", ring.name).open("r+b") as file:
            file.write(scribble * 512)
        ring.write(block)
        ring.write_features(rows)
        with SoundRing.attach(ring.name) as engine:
            assert (engine.position, engine.hops) == (4 * 480, 4)
            assert engine.samples(0, 4 * 480).min() == 0.5
            assert engine.features(0, 4).min() == 3.0


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/shm")
def test_a_ring_whose_name_was_removed_is_found_and_ends_in_order() -> None:
    with SoundRing.create(1) as ring:
        ring.write(np.full((480, 2), 0.5, np.float32))
        Path("/dev/shm", ring.name).unlink()
        with SoundRing.attach(ring.name) as engine:
            assert engine.samples(0, 480).min() == 0.5
