"""Patches need pyo, which has no wheel for every Python and machine."""

from __future__ import annotations

import pytest

from livegan.patches.pyo_library import NoPyo, load_pyo


@pytest.fixture(autouse=True)
def pyo() -> object:
    """The module; without it, tests are skipped with the line that a performer reads."""
    try:
        return load_pyo()
    except NoPyo as missing:
        pytest.skip(str(missing))
