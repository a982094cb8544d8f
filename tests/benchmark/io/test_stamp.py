"""A stamped picture says when it was drawn, after all that happens to it on its way."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from livegan.benchmark.io.seen import SeenFrames
from livegan.benchmark.io.stamp import UNIT, FrameStamp, clock, grounds, read, stamp


def drawn(height: int, width: int, said: FrameStamp) -> np.ndarray:
    picture = grounds(height, width)[3]
    stamp(picture, said)
    return picture


def as_jpeg(picture: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=60)
    return np.asarray(Image.open(file))


@pytest.mark.parametrize("size", [(512, 512), (720, 1280)])
@pytest.mark.parametrize("number", [0, 1, 40_000])
def test_it_is_read_after_scaling_and_jpeg(size: tuple[int, int], number: int) -> None:
    said = FrameStamp(number, 123456.7891)
    picture = drawn(*size, said)
    half = np.asarray(Image.fromarray(picture).resize((size[1] // 2, size[0] // 2)))
    for seen in (picture, half, as_jpeg(picture)):
        found = read(seen)
        assert found is not None
        assert found.number == number
        assert found.at == pytest.approx(said.at, abs=UNIT)


def test_a_torn_picture_and_another_one_are_not_read() -> None:
    picture = drawn(512, 512, FrameStamp(5, 100.0))
    picture[40:60] = 255 - picture[40:60]
    assert read(picture) is None
    assert read(grounds(512, 512)[0]) is None
    assert read(np.zeros((8, 8, 3), np.uint8)) is None


def test_delays_and_losses_are_counted_from_its_beginning() -> None:
    seen = SeenFrames(begun=10.0)
    seen.take(FrameStamp(1, 9.9), 10.0)  # drawn before
    seen.take(None, 10.0)
    for number in (2, 3, 5, 6, 6):
        seen.take(FrameStamp(number, 10 + number / 30), 10 + number / 30 + number / 1000)
    assert seen.columns() == {"median ms": 4.0, "p95 ms": 6.0, "lost %": 20.0}
    assert SeenFrames().columns()["lost %"] == 100.0
    assert 0 <= clock() < 2**32 * UNIT
