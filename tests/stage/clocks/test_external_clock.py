"""A clock from outside is followed; when it is lost, one line says so, and it comes back."""

from __future__ import annotations

import time

import pytest

from livegan.sound.tempo_source import ClockReading
from livegan.stage.clocks.external_clock import ExternalClock


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def heard() -> list[ClockReading]:
    return []


@pytest.fixture
def clock(notes: list[str], heard: list[ClockReading]) -> ExternalClock:
    return ExternalClock("link", notes.append, lambda clock, reading: heard.append(reading))


def test_a_clock_is_followed_lost_and_back(
    clock: ExternalClock, notes: list[str], heard: list[ClockReading]
) -> None:
    assert clock.line == "none yet"
    for _ in range(3):
        clock.hear({"type": "clock", "text": "no peers"})
    assert clock.line == "no peers" and not clock.there
    at = time.perf_counter()
    clock.hear({"type": "clock", "text": "1 peer", "at": at, "beats": 8.0, "bpm": 124.0})
    assert clock.line == "1 peer" and clock.there
    for _ in range(3):
        clock.hear({"type": "clock", "text": "no peers"})
    assert clock.line == "no peers, lost" and not clock.there
    clock.hear({"type": "clock", "text": "2 peers", "at": at, "beats": 8.5, "bpm": 124.0})
    assert clock.line == "2 peers"
    assert notes == [
        "Link: no peers; the beat waits for it",
        "Link: the beat follows 1 peer",
        "Link is lost (no peers); the beat goes on at 124.0 bpm until it is back",
        "Link: the beat follows 2 peers",
    ]
    assert [round(reading.beats, 3) for reading in heard] == [8.0, 8.5]
    assert heard[0].at == pytest.approx(at + time.monotonic() - time.perf_counter(), abs=0.01)


@pytest.mark.parametrize(
    "bad",
    [
        {"at": 1.0, "beats": 1.0},
        {"at": 1.0, "beats": float("nan"), "bpm": 120.0},
        {"at": 1.0, "beats": 1.0, "bpm": 0.0},
    ],
)
def test_a_reading_that_is_none_is_a_clock_that_is_away(
    clock: ExternalClock, heard: list[ClockReading], bad: dict[str, float]
) -> None:
    clock.hear({"type": "clock", "text": "x", **bad})
    assert heard == [] and not clock.there
