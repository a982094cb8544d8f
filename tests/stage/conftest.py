"""A show in a window, for the tests of the whole stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.display import xvfb
from tests.stage.performance import WINDOW, Performance


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with xvfb(WINDOW) as display:
        yield display


@pytest.fixture
def show(tmp_path: Path, screen: str) -> Performance:
    return Performance(tmp_path, screen)
