"""A picture for phones is small, and is encoded once."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from livegan.ipc.picture_ring import PictureRing
from livegan.stage.panel.pictures import SIDE, PhonePictures


@pytest.fixture
def ring() -> Iterator[PictureRing]:
    with PictureRing.create(1, 1000 * 1500) as made:
        yield made
        made.unlink()


@pytest.mark.parametrize(
    ("size", "shown"),
    [((200, 100), (200, 100)), ((1440, 720), (SIDE, 360)), ((10, 1400), (5, SIDE))],
)
def test_a_picture_keeps_its_shape_and_fits_a_phone(
    ring: PictureRing, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    pictures = PhonePictures(ring)
    assert pictures.jpeg(0) == (0, b"")
    ring.write(np.full((size[1], size[0], 3), 77, np.uint8))
    serial, data = pictures.jpeg(0)
    image = Image.open(io.BytesIO(data))
    assert serial == 1 and image.size == shown and image.getpixel((2, 2)) == (77, 77, 77)
    assert pictures.jpeg(0)[1] is data, "for the next phone"
    assert pictures.jpeg(1) == (1, data)
    ring.write(np.zeros((4, 4, 3), np.uint8))
    assert pictures.jpeg(1)[0] == 2
