"""What outputs need is made once for all of them, and only when it is wanted."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.stage.streams.formats import RGB, Format, Formats, Layout


def picture(height: int = 6, width: int = 10, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(("layout", "order"), [("rgba", (0, 1, 2)), ("bgra", (2, 1, 0))])
@pytest.mark.parametrize("flip", [False, True])
def test_bytes_lie_as_asked_for(layout: Layout, order: tuple[int, ...], flip: bool) -> None:
    pixels = picture()
    made = Formats().get(pixels, Format(layout, flip=flip))
    rows = pixels[::-1] if flip else pixels
    assert made.flags.c_contiguous and made.shape == (6, 10, 4)
    assert (made[..., :3] == rows[..., order]).all() and (made[..., 3] == 255).all()


def test_as_it_is_costs_nothing_and_the_same_is_made_once() -> None:
    formats, pixels = Formats(), picture()
    assert formats.get(pixels, RGB) is pixels and formats.made == 0
    assert formats.get(pixels, Format("rgb", (10, 6))) is pixels and formats.made == 0
    first = formats.get(pixels, Format("rgba"))
    assert formats.get(pixels, Format("rgba")) is first and formats.made == 1
    formats.get(pixels, Format("rgba", (20, 12)))
    formats.get(pixels, Format("bgra", (20, 12)))
    assert formats.made == 4, "scaled once for both"


def test_an_output_that_hangs_keeps_its_picture() -> None:
    formats = Formats()
    held = formats.get(picture(seed=50), Format("rgba"))
    view = memoryview(held[1:])
    before = bytes(view)
    del held
    for n in range(20):
        formats.get(picture(seed=60 + n), Format("rgba"))
    assert bytes(view) == before


def test_another_shape_is_boxed_not_squeezed_unless_it_has_none() -> None:
    pixels = np.full((10, 10, 3), 200, np.uint8)
    boxed = Formats().get(pixels, Format("rgb", (30, 10)))
    assert boxed.shape == (10, 30, 3)
    assert boxed[:, 12:18].min() == 200 and boxed[:, :9].max() == 0 and boxed[:, 21:].max() == 0
    assert Formats().get(pixels, Format("rgb", (30, 10), stretch=True)).min() == 200


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="rgb, rgba, bgra"):
        Format("yuv")  # type: ignore[arg-type]
