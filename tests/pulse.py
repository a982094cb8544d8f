"""A sound card for tests: a PulseAudio server of one's own with a null sink."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from livegan.gremlins.soundcard import NullSink, missing, sound_card

__all__ = ["NullSink", "null_sink"]


@contextmanager
def null_sink() -> Iterator[NullSink]:
    """A server with a null sink; skips the test without PulseAudio, or fails it where CI is set."""
    program = missing()
    if program:
        reason = f"needs {program} (apt install pulseaudio pulseaudio-utils libasound2-plugins)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sound_card() as sink:
        yield sink
