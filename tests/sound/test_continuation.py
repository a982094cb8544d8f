"""Sound goes on where it ends, for as long as it takes to fade."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from livegan.demo.composer import compose
from livegan.sound import HOP, RATE
from livegan.sound.hearing.analysis import Analyzer, Event
from livegan.sound.inputs.continuation import HEARD, continued, predictor
from livegan.sound.inputs.pace import SoundPace


def tone(*hz: float, count: int = 6 * RATE) -> np.ndarray:
    t = np.arange(count)[:, None] / RATE
    both = np.sin(2 * np.pi * t * np.array(hz) + np.arange(len(hz))).sum(1) / (2 * len(hz))
    return np.stack([both, both / 2], axis=1).astype(np.float32)


@pytest.mark.parametrize("hz", [(55,), (440,), (9000,), (440, 660, 3000)])
def test_a_tone_goes_on_as_the_tone_it_was(hz: tuple[float, ...]) -> None:
    sound = tone(*hz)
    out = continued(sound[:HEARD], 480)
    np.testing.assert_allclose(out, sound[HEARD : HEARD + 480], atol=0.03)


def test_after_silence_comes_silence() -> None:
    assert not continued(np.zeros((HEARD, 2), np.float32), 100).any()
    assert predictor(np.zeros(HEARD)).tolist() == [1.0]


@given(arrays(np.float32, (64, 2), elements=st.floats(-1, 1, width=32)))
def test_no_sound_makes_it_grow(tail: np.ndarray) -> None:
    out = continued(tail, 200)
    assert np.isfinite(out).all() and np.abs(out).max() <= 1.0


def after_the_end(sound: np.ndarray, hops: int) -> list[str]:
    """What an analysis hears from shortly before ``sound`` stops after so many hops."""
    struck: list[Event] = []
    pace, analyzer, due = SoundPace(), Analyzer(struck=struck.append), 0
    for i in range(hops + 60):
        due += HOP
        block = sound[i * HOP : (i + 1) * HOP] if i < hops else sound[:0]
        analyzer.feed(pace.fit(block, due + 500))
    return [event.kind for event in struck if event.time_s > (hops - 2) * HOP / RATE]


@pytest.mark.parametrize("hz", [(55,), (110,), (440,), (2000,), (9000,), (220, 277, 330)])
def test_no_stroke_is_heard_where_a_tone_ends(hz: tuple[float, ...]) -> None:
    assert after_the_end(tone(*hz), 601) == []


@pytest.mark.parametrize("hops", [433, 477])
def test_no_stroke_is_heard_where_music_is_cut_off(hops: int) -> None:
    assert after_the_end(compose("ambient", 1, 6.0).samples, hops) == []
