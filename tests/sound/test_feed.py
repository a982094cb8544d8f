"""The process that records is ended, and nobody waits for one that does not end."""

from __future__ import annotations

import threading

import pytest

from livegan.sound.inputs import feed
from livegan.sound.inputs.feed import Feed


def test_a_recorder_that_the_system_does_not_let_go_of_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process in uninterruptible sleep is pretended: its `wait` does not come back."""
    recorder = Feed(kind="device", wanted="nothing of that name", found=None)
    real, held = recorder._process.wait, threading.Event()

    def wait(timeout: float | None = None) -> int:
        held.wait(60)
        return real(timeout)

    monkeypatch.setattr(recorder._process, "wait", wait)
    monkeypatch.setattr(feed, "GOODBYE", 0.1)
    recorder.close()  # this would take a minute
    assert not held.is_set()
    held.set()
    recorder._reader.join(60)
    recorder.close()
    assert recorder._process.stdout is not None
