"""A window takes the shape of what it shows."""

from __future__ import annotations

import pytest

from livegan.stage.window.window import shaped_like


@pytest.mark.parametrize(
    ("picture", "display", "size"),
    [
        ((512, 512), (1920, 1080), (1024, 1024)),
        ((512, 512), (1366, 768), (768, 768)),
        ((1280, 720), (1920, 1080), (1365, 768)),
        ((2560, 1440), (1920, 1080), (1365, 768)),
        ((720, 1280), (1920, 1080), (608, 1080)),
        ((4096, 64), (1920, 1080), (1920, 120)),
    ],
)
def test_it_has_the_shape_of_the_picture_within_the_display(
    picture: tuple[int, int], display: tuple[int, int], size: tuple[int, int]
) -> None:
    assert shaped_like(picture, display) == size
