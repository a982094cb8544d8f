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
from livegan.sound.tempo_source import (
    ClockReading,
    FixedTempo,
    FollowedClock,
    RecordedClock,
    led,
)

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


def test_a_clock_from_outside_leads_at_its_own_time_and_goes_on_when_it_is_silent() -> None:
    tempo = Tempo()
    clock = FollowedClock(ClockReading(1000.0, 7.0, 120.0), lambda hops: 1000.0 + hops / 100)
    tempo.lead(clock)
    for _ in range(200):
        tempo.step(0.0)
    assert tempo.beats % 4 == pytest.approx((7.0 + 4.0) % 4) and tempo.bpm == 120.0
    clock.reading = ClockReading(1002.0, 11.3, 150.0)
    before = tempo.beats
    tempo.step(0.0)
    assert tempo.beats - before == pytest.approx(0.3 + 0.025)


@pytest.mark.parametrize(
    ("other", "moved"),
    [
        (ClockReading(10.0, 20.001, 120.0), False),
        (ClockReading(10.0, 20.01, 120.0), True),
        (ClockReading(10.0, 20.0, 120.01), False),
        (ClockReading(10.0, 20.0, 120.1), True),
    ],
)
def test_a_reading_that_trembles_is_no_other_reading(other: ClockReading, moved: bool) -> None:
    assert ClockReading(0.0, 0.0, 120.0).moved(other) is moved


@given(
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 500), TEMPOS), min_size=1, max_size=8),
    st.integers(1, 9),
)
def test_a_recorded_clock_never_goes_back_and_is_the_same_however_it_is_asked(
    rows: list[tuple[float, float, float]], bar: int
) -> None:
    clock = RecordedClock([ClockReading(*row) for row in sorted(rows)], bar)
    bpm, beats = clock.each(np.arange(1200))
    assert (np.diff(beats) >= -1e-6).all() and set(bpm) <= {row[2] for row in rows}
    assert np.array_equal(clock.each(np.arange(700, 1200))[1], beats[700:])
    assert clock.beats(700) == beats[700]


def test_a_recorded_clock_that_began_anew_keeps_its_place_in_the_bar() -> None:
    clock = RecordedClock([ClockReading(0.0, 33.0, 120.0), ClockReading(5.2, 0.0, 120.0)], 4)
    assert clock.beats(519) == pytest.approx(33 + 10.38)
    assert clock.beats(520) == pytest.approx(44.0)


def beats_ahead(analyzer: Analyzer, seconds: float) -> np.ndarray:
    return analyzer.feed(np.zeros((round(seconds * RATE), 2), np.float32))[:, BEATS]


def test_the_lookahead_moves_the_beat_ahead_and_never_back() -> None:
    analyzer = Analyzer(bpm=120.0)
    plain = Analyzer(bpm=120.0)
    analyzer.lookahead = 0.1
    ahead, count = beats_ahead(analyzer, 2.0), beats_ahead(plain, 2.0)
    assert ahead - count == pytest.approx(np.full(200, 0.2))
    analyzer.lookahead = -0.05
    after = np.concatenate([ahead[-1:], beats_ahead(analyzer, 1.0)])
    assert (np.diff(after) >= 0).all()
    assert after[-1] - beats_ahead(plain, 1.0)[-1] == pytest.approx(-0.1)


def test_taps_alone_lead_where_the_sound_is_not_to_be_heard() -> None:
    tempo = Tempo()
    tempo.hears = False
    for hop in range(1500):
        tempo.step(1.0 if hop % 50 == 0 else 0.0)
        if hop in (1000, 1040, 1080, 1120):
            tempo.tap(hop / 100)
    assert tempo.bpm == pytest.approx(150.0) and tempo.tapped
    tempo.lead(None)
    assert not tempo.tapped
