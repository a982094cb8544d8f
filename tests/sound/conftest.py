"""What tests of sound share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pulse import NullSink, null_sink


@pytest.fixture
def sink() -> Iterator[NullSink]:
    """A PulseAudio server whose null sink is an input device."""
    with null_sink() as sink:
        yield sink
