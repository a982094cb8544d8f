"""Fixtures for pytest: write ``pytest_plugins = ["livegan.testing.fixtures"]`` in ``conftest.py``.

* ``render(encoder, sound=None, at=3.0, size=256, **values)``: see `livegan.testing.render`;
* ``play(text, plugins=[...], seconds=1.0)``: see `livegan.testing.play`;
* ``music``: four seconds of sound, (192000, 2) float32 at 48 kHz, the same in every test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from livegan.plugin import registry


@pytest.fixture
def render() -> Iterator[Callable[..., NDArray[np.uint8]]]:
    """Draws the picture of a sound; plugins loaded for it are gone after the test."""
    from livegan.testing import show

    before = registry.current()
    yield show.render
    registry.use(before)


@pytest.fixture
def play() -> Callable[..., Any]:
    """Plays a set without a stage."""
    from livegan.testing import show

    return show.play


@pytest.fixture
def music() -> NDArray[np.float32]:
    """Four seconds of music, (192000, 2) float32 at 48 kHz; a copy of its own for each test."""
    from livegan.testing import sounds

    return sounds.music().copy()
