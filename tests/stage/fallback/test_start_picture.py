"""The start picture is calm and never black."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.stage.fallback.start_picture import start_picture


@pytest.mark.parametrize("aspect", [0.2, 1, 16 / 9, 9])
@pytest.mark.parametrize("seconds", [0, 1.5, 600, 1e6])
def test_it_is_never_black_and_has_the_windows_shape(seconds: float, aspect: float) -> None:
    picture = start_picture(seconds, aspect)
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    assert picture.min() > 23
    assert picture.std() > 5


@pytest.mark.parametrize("seconds", [3600, 7200, 20 * 86400])
def test_it_does_not_jump_however_long_it_is_seen(seconds: float) -> None:
    before, after = (start_picture(seconds + s, 1.5).astype(int) for s in (-0.01, 0.01))
    assert abs(after - before).max() < 4


def test_it_moves_slowly() -> None:
    one, soon, later = (start_picture(t, 1.5).astype(int) for t in (10, 10.05, 14))
    assert 0 < abs(soon - one).max() < 12
    assert abs(later - one).mean() > 3
