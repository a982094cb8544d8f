"""The picture ring gives the newest picture, whole, and nothing is left of it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.ipc import picture_ring
from livegan.ipc.picture_ring import STATE, PictureRing
from livegan.ipc.shared_memory import NoRoom, create_memory


@pytest.fixture
def ring() -> Iterator[PictureRing]:
    with PictureRing.create(32, 48) as ring:
        yield ring
        ring.unlink()


def plain(height: int, width: int, value: int) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def test_an_empty_ring_has_no_picture(ring: PictureRing) -> None:
    assert ring.latest() is None
    assert ring.newest == 0


def test_a_picture_comes_back_with_what_was_written_beside_it(ring: PictureRing) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    ring.write(pixels, sound_position=48_000 * 3600 * 24, version=7, frame=12)
    got = ring.latest()
    assert got is not None
    assert np.array_equal(got.pixels, pixels)
    assert (got.serial, got.sound_position, got.version, got.frame) == (1, 4147200000, 7, 12)


def test_a_picture_is_given_once(ring: PictureRing) -> None:
    serial = ring.write(plain(4, 4, 1))
    assert ring.latest(after=serial) is None
    ring.write(plain(4, 4, 2))
    got = ring.latest(after=serial)
    assert got is not None and got.serial == serial + 1


def test_the_copy_is_the_readers_own(ring: PictureRing) -> None:
    ring.write(plain(4, 4, 1))
    got = ring.latest()
    assert got is not None
    for value in range(10):
        ring.write(plain(4, 4, value))
    assert (got.pixels == 1).all()


def test_a_view_with_strides_is_written_as_it_is_seen(ring: PictureRing) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (3, 20, 30), np.uint8)
    ring.write(pixels.transpose(1, 2, 0)[::-1])
    got = ring.latest()
    assert got is not None
    assert np.array_equal(got.pixels, pixels.transpose(1, 2, 0)[::-1])


def test_any_shape_fits_that_has_no_more_pixels(ring: PictureRing) -> None:
    ring.write(plain(1, 32 * 48, 3))
    with pytest.raises(ValueError, match="show a smaller one"):
        ring.write(plain(64, 64, 3))


@pytest.mark.parametrize(
    "wrong", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3))]
)
def test_what_is_no_picture_is_refused(ring: PictureRing, wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        ring.write(wrong)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 16), st.integers(1, 16), st.booleans()), max_size=20))
def test_the_newest_wins_whatever_the_sizes(steps: list[tuple[int, int, bool]]) -> None:
    with PictureRing.create(16, 16) as writer, PictureRing.attach(writer.name) as reader:
        seen = 0
        for number, (height, width, look) in enumerate(steps, start=1):
            writer.write(plain(height, width, number), frame=number)
            if look:
                got = reader.latest(after=seen)
                assert got is not None
                assert got.pixels.shape == (height, width, 3)
                assert (got.pixels == number).all() and got.frame == got.serial == number
                seen = got.serial
        writer.unlink()


def test_a_half_written_picture_is_not_given(ring: PictureRing) -> None:
    ring.write(plain(4, 4, 1))
    ring._fields[1, STATE] = 7  # a writer is at work in the newest slot
    assert ring.latest() is None


def test_a_successor_goes_on_after_a_writer_that_died_half_way(ring: PictureRing) -> None:
    for value in (1, 2, 3):
        ring.write(plain(4, 4, value))
    ring._fields[4 % 3, STATE] = 2 * 4 - 1  # the fourth was begun
    held = ring.latest()
    assert held is not None and (held.pixels == 3).all()
    with PictureRing.attach(ring.name) as successor:
        successor.write(plain(5, 5, 4))
    got = ring.latest(after=held.serial)
    assert got is not None and (got.pixels == 4).all() and got.serial == 4


WRITER = """
import sys
import numpy as np
from livegan.ipc.picture_ring import PictureRing
ring = PictureRing.attach(sys.argv[1])
pictures = [np.full((64 + v % 5, 64 - v % 7, 3), v, np.uint8) for v in range(251)]
print("go", flush=True)
for n in range(1, int(sys.argv[2]) + 1):
    ring.write(pictures[n % 251], sound_position=n, version=n % 251, frame=n)
"""


def test_a_torn_picture_is_never_given_between_two_processes() -> None:
    with PictureRing.create(96, 96, slots=2) as ring:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, ring.name, str(10**9)], stdout=subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            process.stdout.readline()
            seen, last = 0, 0
            while seen < 30:  # of the many that are written meanwhile
                got = ring.latest(after=last)
                if got is None:
                    assert process.poll() is None
                    continue
                value = got.frame % 251
                assert got.pixels.shape == (64 + value % 5, 64 - value % 7, 3)
                assert (got.pixels == value).all(), "torn"
                assert got.serial > last
                assert got.sound_position == got.frame and got.version == value
                seen, last = seen + 1, got.serial
        finally:
            process.kill()
            process.communicate()
        ring.unlink()


def test_the_end_of_a_process_that_attached_leaves_the_ring_to_others() -> None:
    with PictureRing.create(96, 96) as ring:
        subprocess.run(
            [sys.executable, "-c", WRITER, ring.name, "5"], check=True, capture_output=True
        )
        with PictureRing.attach(ring.name) as again:
            assert again.newest == 5
        ring.unlink()


def test_nothing_is_left_after_unlink_and_twice_is_once() -> None:
    ring = PictureRing.create(8, 8)
    name = ring.name
    ring.unlink()
    ring.unlink()
    ring.close()
    ring.close()
    if sys.platform != "win32":
        with pytest.raises(FileNotFoundError):
            PictureRing.attach(name)


def test_other_memory_is_not_taken_for_a_ring() -> None:
    memory = SharedMemory(create=True, size=8192)
    with pytest.raises(ValueError, match="not a picture ring"):
        PictureRing.attach(memory.name)
    memory.close()
    memory.unlink()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/shm")
@pytest.mark.parametrize("scribble", [b"\x00", b"x", b"\xff"])
@pytest.mark.parametrize("place", [range(512), range(24, 32), range(512, 704)])
def test_a_ring_that_code_of_a_set_wrote_over_is_mended_as_it_is_looked_at(
    scribble: bytes, place: range
) -> None:
    with PictureRing.create(8, 8) as ring, PictureRing.attach(ring.name) as engine:
        for _ in range(5):
            engine.write(plain(8, 8, 10))
        before = ring.latest()
        assert before is not None
        with Path("/dev/shm", ring.name).open("r+b") as file:
            file.seek(place.start)
            file.write(scribble * len(place))
        after, drawn = None, 0
        while after is None and drawn < 20:
            drawn += 1
            with contextlib.suppress(OverflowError):  # a frame that fails, and the next is drawn
                engine.write(plain(8, 8, 20 + drawn))
            after = ring.latest(before.serial)
        assert after is not None and before.serial < after.serial < before.serial + 20
        assert after.pixels.min() > 20
        with PictureRing.attach(ring.name) as another:
            another.write(plain(8, 8, 99))
        newest = ring.latest(after.serial)
        assert newest is not None and newest.pixels.min() == 99
        ring.unlink()


def test_a_ring_is_smaller_where_there_is_less_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def room_for(size: int, spare: int = 0) -> SharedMemory:
        if size + spare > 2_000_000:
            raise NoRoom("there is no room")
        return create_memory(size)

    monkeypatch.setattr(picture_ring, "create_memory", room_for)
    with PictureRing.create_within(1000, 2000, smallest=100_000, spare=1000) as ring:
        assert 100_000 <= ring.room <= 2_000_000 / 9
        ring.unlink()
    with pytest.raises(NoRoom):
        PictureRing.create_within(1000, 2000, smallest=300_000)
