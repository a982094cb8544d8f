"""Whoever leads the beat: the count takes the source's place in the bar and never goes back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, INDEX
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.hearing.tempo import Tempo
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.soundtrack import Playhead
from livegan.sound.tempo_source import FixedTempo, led

TEMPOS = st.floats(20.0, 400.0)
BEATS = INDEX["beats"]


class Session:
    """A clock of others, such as a Link session: its count began before the show, and may begin
    anew."""

    def __init__(self, bpm: float = 125.0) -> None:
        self.bpm = bpm
        self.began = -77.25

    def beats(self, hops: int) -> float:
        return hops * HOP / RATE * self.bpm / 60 - self.began


@pytest.mark.parametrize("bpm", [19.9, 400.5, 0.0, -120.0, math.nan, math.inf])
def test_a_tempo_that_is_out_of_range_is_refused(bpm: float) -> None:
    with pytest.raises(ValueError, match="must be between 20 and 400"):
        FixedTempo(bpm)


@given(TEMPOS, st.integers(0, 10**7), st.floats(0, 1e5), st.integers(1, 32))
def test_the_count_stands_in_the_sources_bar_and_does_not_go_back(
    bpm: float, hops: int, beats: float, bar: int
) -> None:
    source = FixedTempo(bpm)
    count = led(source, hops, beats, bar)
    assert count.beats(hops) >= beats - 1e-4
    assert count.offset % bar == 0
    assert count.offset == 0 or count.beats(hops) - beats < bar + 1e-4


def test_a_source_of_another_clock_leads_the_count_of_the_show() -> None:
    tempo, session = Tempo(), Session()
    for _ in range(500):
        tempo.step(0.0)
    tempo.lead(session)
    before = tempo.beats
    for _ in range(1000):
        tempo.step(0.0)
        assert tempo.beats >= before
        before = tempo.beats
    assert tempo.bpm == 125.0
    assert (tempo.beats - session.beats(1500)) % 4 == pytest.approx(0.0, abs=1e-6)


def test_a_source_whose_count_begins_anew_does_not_turn_the_show_back() -> None:
    tempo, session = Tempo(), Session()
    tempo.lead(session)
    for _ in range(100):
        tempo.step(0.0)
    session.began = 0.0  # 77 beats fewer
    before = tempo.beats
    for _ in range(100):
        tempo.step(0.0)
        assert before <= tempo.beats < before + 4.1
        before = tempo.beats
    assert (tempo.beats - session.beats(200)) % 4 == pytest.approx(0.0, abs=1e-6)


def test_bars_of_three_are_kept_whole() -> None:
    tempo = Tempo()
    tempo.beats_per_bar = 3
    for _ in range(1234):
        tempo.step(0.0)
    tempo.fix(90.0)
    assert (tempo.beats - FixedTempo(90.0).beats(1234)) % 3 == pytest.approx(0.0, abs=1e-9)


def recorded(hops: int = 3000) -> Playhead:
    rows = np.zeros((hops, len(FEATURES)))
    rows[:, INDEX["bpm"]] = 100.0
    rows[:, BEATS] = np.arange(1, hops + 1) / 60.0
    return Playhead(RecordedHistory(np.zeros((hops * HOP, 2), np.float32), rows))


@given(
    st.lists(st.tuples(st.integers(0, 400), st.none() | TEMPOS, st.integers(0, 120)), max_size=6)
)
def test_a_rehearsals_count_never_goes_back_and_is_the_same_however_it_is_asked(
    changes: list[tuple[int, float | None, int]],
) -> None:
    played = recorded()
    for on, bpm, _ in changes:
        played.position += on * HOP
        played.lead(None if bpm is None else FixedTempo(bpm))
    played.position += 100 * HOP
    rows = played.features(0, played.hops)
    assert (np.diff(rows[:, BEATS]) >= -1e-6).all()
    for *_, start in changes:
        assert np.array_equal(played.features(start, played.hops), rows[start:])


def test_a_set_that_fixes_the_tempo_is_heard_by_everything_that_reads_the_features() -> None:
    played = recorded()
    played.lead(FixedTempo(132.0))
    played.position = 10 * RATE
    sound = Hearing(played).at()
    assert sound.bpm == 132.0
    assert sound.beats == 10 * 132.0 / 60
    assert set(sound.feature("bpm", 5.0).tolist()) == {132.0}
    # As a stage that is led from the start counts, to the bit.
    live = Analyzer(bpm=132.0).feed(np.zeros((10 * RATE, 2), np.float32))
    assert np.array_equal(live[:, BEATS], played.features(0, 1000)[:, BEATS])
