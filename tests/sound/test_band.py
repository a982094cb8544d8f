"""Loudness of any band: as low, mid and high, and a function of the last minute alone."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from livegan.graph.place import SetError
from livegan.graph.signals.reading import Reading, read
from livegan.graph.sound import BAND_HZ
from livegan.live import listen
from livegan.plugin import Now
from livegan.sound import HOP, RATE
from livegan.sound.band import HIGHEST, LOWEST
from livegan.sound.features import FEATURES
from livegan.sound.history import Hearing, RecordedHistory
from tests.engine.playing import sound


def silent_rows(samples: np.ndarray) -> RecordedHistory:
    rows = np.zeros((len(samples) // HOP, len(FEATURES)))
    return RecordedHistory(samples.astype(np.float32), rows)


def tones(*hz: float, seconds: float = 6.0, gain: float = 0.3) -> RecordedHistory:
    """Each sounds for half a second, one after the other, over and over."""
    t = np.arange(round(seconds * RATE)) / RATE
    pitch = np.array(hz)[(t * 2).astype(int) % len(hz)]
    wave = gain * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    return silent_rows(np.stack([wave, wave], axis=1))


@functools.cache
def beat() -> RecordedHistory:
    return RecordedHistory(*sound())


def test_a_band_is_drawn_as_the_three_are() -> None:
    hearing, ends = Hearing(beat()), range(2 * RATE, 12 * RATE, 13 * HOP)
    for name, edges in {"low": (20, 160), "mid": (160, 2000), "high": (2000, 16000)}.items():
        own = [hearing.at(end).band(*edges) for end in ends]
        theirs = [getattr(hearing.at(end), name) for end in ends]
        assert np.corrcoef(own, theirs)[0, 1] > 0.85, name
        assert abs(np.mean(own) - np.mean(theirs)) < 0.08, name


def test_a_band_answers_to_what_sounds_in_it() -> None:
    hearing = Hearing(tones(300, 1200))
    at = {hz: hearing.at(round((4.4 + later) * RATE)) for hz, later in ((300, 0.0), (1200, 0.5))}
    assert at[300].band(200, 400) > 0.9 and at[1200].band(200, 400) < 0.1
    assert at[1200].band(1000, 1400) > 0.9 and at[300].band(1000, 1400) < 0.1
    assert max(at[hz].band(4000, 8000) for hz in at) < 0.05


def test_the_same_bits_whenever_the_band_is_named_and_however_often_it_is_read() -> None:
    """An engine that died, or a save, begins with what the ring holds."""
    going = Hearing(beat())
    seen = [going.at(end).band(200, 400) for end in range(RATE, 9 * RATE, 3 * HOP)]
    last = range(RATE, 9 * RATE, 3 * HOP)[-1]
    samples = beat().samples(0, last)
    assert Hearing(silent_rows(samples)).at(last).band(200, 400) == seen[-1]
    assert going.at(last).before(last).band(200, 400) == seen[-1]
    assert len(set(seen)) > 50


def test_what_was_more_than_a_minute_ago_does_not_matter() -> None:
    quiet = tones(300, seconds=61.0, gain=0.05).samples(0, 61 * RATE)
    loud = quiet.copy()
    loud[:RATE] *= 20
    values = [Hearing(silent_rows(s)).at(61 * RATE).band(200, 400) for s in (quiet, loud)]
    assert values[0] == values[1] > 0.5


def test_silence_and_hiss_are_dark() -> None:
    rng = np.random.default_rng(1)
    for samples in (np.zeros((3 * RATE, 2)), 1e-4 * rng.normal(size=(3 * RATE, 2))):
        assert Hearing(silent_rows(samples)).at(3 * RATE).band(20, 20000) == 0
    assert Hearing(silent_rows(np.zeros((HOP, 2)))).at(0).band(20, 40) == 0


def test_in_a_set_it_is_a_signal_of_any_sound() -> None:
    hearing = Hearing(tones(300))
    reading = Reading(Now(), hearing.at(4 * RATE))
    assert read(listen().band(200, 400), reading) == hearing.at(4 * RATE).band(200, 400)
    prints = {each.print for name in ("", "drums") for each in (listen(name).band(200, 400),)}
    assert len(prints | {listen().band(200, 401).print}) == 3


@pytest.mark.parametrize("edges", [(400, 200), (10, 100), (200, 30000), (200, 200)])
def test_a_band_that_there_is_not_is_refused(edges: tuple[float, float]) -> None:
    with pytest.raises(SetError, match="from a lower to a higher frequency"):
        listen().band(*edges)
    with pytest.raises(ValueError, match="from a lower to a higher frequency"):
        Hearing(beat()).at(RATE).band(*edges)
    assert BAND_HZ == (LOWEST, HIGHEST)


def test_its_edges_are_fixed() -> None:
    with pytest.raises(SetError, match="two fixed frequencies"):
        listen().band(listen().low, 400)  # type: ignore[arg-type]
