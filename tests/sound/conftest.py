"""What tests of sound share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from pulse import NullSink, null_sink


@pytest.fixture
def sink() -> Iterator[NullSink]:
    """A PulseAudio server whose null sink is an input device."""
    with null_sink() as sink:
        yield sink
