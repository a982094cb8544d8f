"""What an encoder is given: a pure function of the sound's past."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.ipc.sound_ring import SoundRing
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, INDEX
from livegan.sound.history import Hearing, RecordedHistory, Sound

SECONDS = 20


def recording() -> RecordedHistory:
    rng = np.random.default_rng(5)
    samples = rng.uniform(-1, 1, (SECONDS * RATE, 2)).astype(np.float32)
    samples *= np.abs(np.sin(np.linspace(0, 40, len(samples), dtype=np.float32)))[:, None]
    rows = rng.uniform(0, 1, (SECONDS * 100, len(FEATURES))).astype(np.float32)
    return RecordedHistory(samples, rows)


HISTORY = recording()
LONG = RecordedHistory(np.zeros((100 * RATE, 2), np.float32), np.zeros((10_000, len(FEATURES))))


def spectrum(samples: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(samples[:, 0]))[:8]


def everything(sound: Sound) -> list[np.ndarray]:
    return [
        sound.peaks(512, 10),
        sound.peaks(columns=64, seconds=0.0011),
        sound.peaks(columns=7, seconds=3.3333),
        sound.rms(100, 1.2345),
        sound.rms(512, 10),
        sound.strip(spectrum, window=2048, hop=700, columns=40),
        sound.strip(lambda x: x.max(), window=100, hop=960, columns=9),
        sound.last(0.05),
        sound.mono(0.02),
        sound.feature("kick", 2),
        np.array([sound.level, sound.bpm, sound.beats]),
    ]


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.one_of(
            st.integers(-1000, (SECONDS + 2) * RATE),
            st.integers(10 * RATE, 11 * RATE),
            st.integers(0, 60).map(lambda i: 5 * RATE + i * 1600),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_answers_are_the_same_bits_remembered_or_not(positions: list[int]) -> None:
    old = Hearing(HISTORY)
    for position in positions:
        for remembered, fresh in zip(
            everything(old.at(position)), everything(Hearing(HISTORY).at(position)), strict=True
        ):
            assert remembered.dtype == fresh.dtype
            np.testing.assert_array_equal(remembered, fresh)


def test_a_show_and_a_recording_answer_alike() -> None:
    with SoundRing.create() as ring:
        show, recorded = Hearing(ring), Hearing(HISTORY)
        samples, rows = HISTORY.samples(0, SECONDS * RATE), HISTORY.features(0, SECONDS * 100)
        for hop in range(0, SECONDS * 100, 25):
            ring.write(samples[hop * HOP : (hop + 25) * HOP])
            ring.write_features(rows[hop : hop + 25])
            view = show.at()
            assert view.position == (hop + 25) * HOP
            for heard, known in zip(
                everything(view), everything(recorded.at(view.position)), strict=True
            ):
                np.testing.assert_array_equal(heard, known)


def test_a_question_about_sound_to_come_is_not_remembered_as_silence() -> None:
    with SoundRing.create(seconds=5) as ring:
        hearing = Hearing(ring)
        early = hearing.at(RATE).peaks(10, 1.0)
        strip = hearing.at(RATE).strip(lambda x: x.sum(), window=480, hop=480, columns=10)
        assert not early.any() and not strip.any()
        hearing._view = None
        ring.write(np.ones((RATE, 2), np.float32))
        assert hearing.at(RATE).peaks(10, 1.0).all()
        assert hearing.at(RATE).strip(lambda x: x.sum(), window=480, hop=480, columns=10).all()


@pytest.mark.parametrize(("columns", "seconds"), [(512, 10), (100, 1.2345), (7, 0.01), (300, 3)])
def test_columns_keep_their_values_while_they_scroll(columns: int, seconds: float) -> None:
    hearing = Hearing(HISTORY)
    width = round(seconds * RATE)
    seen: dict[int, float] = {}
    for position in range(5 * RATE, 6 * RATE, 1440):
        values = hearing.at(position).peaks(columns, seconds)
        newest = (position * columns - 1) // width
        for column, value in zip(range(newest - columns + 1, newest + 1), values, strict=True):
            if column < newest:
                assert seen.setdefault(column, value) == value


def test_columns_are_what_their_samples_say() -> None:
    position, columns, width = 7 * RATE, 96, 2 * RATE + 1
    sound = Hearing(HISTORY).at(position)
    samples = HISTORY.samples(0, position)
    newest = (position * columns - 1) // width
    for i, (peak, rms) in enumerate(
        zip(
            sound.peaks(columns, width / RATE),
            sound.rms(columns, width / RATE),
            strict=True,
        )
    ):
        column = newest - columns + 1 + i
        part = samples[column * width // columns : (column + 1) * width // columns]
        assert peak == np.abs(part).max()
        assert rms == pytest.approx(np.sqrt((part.astype(float) ** 2).mean()), rel=1e-6)


def test_peaks_of_overdriven_sound_stay_within_one() -> None:
    loud = RecordedHistory(np.full((RATE, 2), 3.0, "f4"), np.zeros((100, len(FEATURES)), "f4"))
    sound = Hearing(loud).at(RATE)
    assert sound.peaks(10, 1).max() == 1 and sound.rms(10, 1).max() == 1


def test_a_strip_computes_each_window_once_even_for_a_lambda_made_anew() -> None:
    calls: list[int] = []
    hearing = Hearing(HISTORY)

    def ask(position: int, gain: float) -> np.ndarray:
        def compute(samples: np.ndarray) -> float:
            calls.append(len(samples))
            return float(samples.max()) * gain

        return hearing.at(position).strip(compute, window=2048, hop=480, columns=50)

    ask(48000, 2.0)
    assert calls == [2048] * 50
    ask(48480, 2.0)
    assert len(calls) == 51
    ask(48480, 3.0)
    assert len(calls) == 101


def test_strip_windows_end_at_whole_multiples_of_the_hop() -> None:
    position = 10 * RATE + 480
    strip = Hearing(HISTORY).at(position).strip(lambda x: x[-1], window=10, hop=1000, columns=3)
    assert strip.shape == (3, 2)
    ends = position // 1000 * 1000 - np.array([2000, 1000, 0]) - 1
    np.testing.assert_array_equal(strip, HISTORY.samples(0, position)[ends])


def test_memory_stays_bounded_in_a_long_show() -> None:
    hearing = Hearing(HISTORY)
    for frame in range(400):
        sound = hearing.at(RATE * 60 * 60 * 8 + frame * 1600)
        sound.peaks(512, 10)
        sound.strip(lambda x: x.sum(), window=64, hop=64, columns=50 + frame % 7)
        sound.rms(64, 1 + frame / 100)
    kept = hearing._columns.values()
    assert len(kept) <= 64
    assert max(len(columns._tags) for columns in kept) <= 1024


SET = """
class Constant: pass
picture = Constant()
def draw(sound, calls):
    def compute(samples, picture=None):
        calls.append(1)
        return samples.max()
    return sound.strip(compute, window=960, hop=480, columns=400)
"""


def saved() -> dict[str, Any]:
    """The namespace of a set that was saved again."""
    names: dict[str, Any] = {}
    exec(SET, names)
    return names


def test_namespaces_of_old_saves_are_let_go_while_the_show_plays() -> None:
    hearing, old = Hearing(LONG), []
    for second in range(5, 5 + 40):
        names = saved()
        old.append(weakref.ref(names["picture"]))
        for frame in range(3):
            names["draw"](hearing.at(second * RATE + frame * 16000), [])
    del names
    gc.collect()
    alive = [i for i, picture in enumerate(old) if picture() is not None]
    # Four seconds of sound, asked for at the latest in the fifth second before the end.
    assert alive == list(range(min(alive), len(old))) and 1 <= len(alive) <= 6
    hearing.at(55 * RATE)  # and nobody asks any more
    gc.collect()
    assert not any(picture() for picture in old)


@pytest.mark.parametrize("pause", [1 / 30, 1.0, 3.0, 3.9])
def test_what_is_drawn_only_now_and_then_is_not_drawn_anew(pause: float) -> None:
    hearing, draw, calls = Hearing(LONG), saved()["draw"], []
    position = first = 4 * RATE
    draw(hearing.at(position), calls)
    for _ in range(10):
        before = position // HOP
        for step in np.linspace(position, position + pause * RATE, 5)[1:]:
            hearing.at(int(step))  # other encoders look meanwhile
        position += int(pause * RATE)
        draw(hearing.at(position), calls)
        assert position // HOP - before <= 400
    assert len(calls) == 400 + (position - first) // HOP


def test_two_views_apart_and_a_jump_back_keep_what_was_drawn() -> None:
    hearing, near, far = Hearing(LONG), [], []
    here, there = saved()["draw"], saved()["draw"]
    for frame in range(300):
        here(hearing.at(60 * RATE + frame * 4800), near)
        there(hearing.at(10 * RATE + frame * 4800), far)
    assert len(near) == len(far) == 400 + 299 * 10
    for frame in range(100):
        here(hearing.at(2 * RATE + frame * 4800), near)
    assert len(near) == 2 * 400 + (299 + 99) * 10


def test_beats_are_precise_after_a_day_and_more() -> None:
    beats = 100_000 + np.arange(200) * 0.0213
    rows = np.full((200, len(FEATURES)), 0.1)
    rows[:, INDEX["beats"]] = beats
    with SoundRing.create(seconds=5) as ring:
        ring.write(np.zeros((2 * RATE, 2), np.float32))
        ring.write_features(rows)
        for history in (ring, RecordedHistory(ring.samples(0, 2 * RATE), rows)):
            hearing = Hearing(history)
            views = [hearing.at((hop + 1) * HOP) for hop in range(200)]
            assert [view.beats for view in views] == beats.tolist()
            np.testing.assert_array_equal(views[-1].feature("beats", 2), beats)
            level = views[-1].feature("level", 2)
            assert level.dtype == np.float32 and (level == np.float32(0.1)).all()


def test_arrays_cannot_be_written() -> None:
    for array in everything(Hearing(HISTORY).at(RATE))[:-1]:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_view_is_of_a_whole_hop_and_never_looks_ahead() -> None:
    sound = Hearing(HISTORY).at(48000 + 479)
    assert (sound.position, sound.time, sound.rate, sound.hop) == (48000, 1.0, 48000, 480)
    np.testing.assert_array_equal(sound.last(0.5), HISTORY.samples(24000, 48000))
    assert sound.kick == HISTORY.features(99, 100)[0, INDEX["kick"]]
    np.testing.assert_array_equal(
        sound.feature("low", 0.1), HISTORY.features(90, 100)[:, INDEX["low"]]
    )
    changed = HISTORY.samples(0, 2 * RATE)
    changed[48000:] = 0
    other = Hearing(RecordedHistory(changed, HISTORY.features(0, 200))).at(48000)
    for mine, theirs in zip(everything(sound), everything(other), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_mistyped_feature_is_answered_with_the_closest() -> None:
    with pytest.raises(ValueError, match="did you mean 'kick'"):
        Hearing(HISTORY).at(RATE).feature("kik", 1)


@pytest.mark.parametrize("seconds", [61, -1, float("nan"), float("inf")])
def test_more_than_the_past_is_refused(seconds: float) -> None:
    sound = Hearing(HISTORY).at(RATE)
    with pytest.raises(ValueError, match="past is 0 to 60 s"):
        sound.last(seconds)
    with pytest.raises(ValueError, match="past is 0 to 60 s"):
        sound.peaks(10, seconds)


def test_a_strip_of_changing_shapes_is_refused() -> None:
    sizes = iter(range(100))
    with pytest.raises(ValueError, match="one shape"):
        Hearing(HISTORY).at(RATE).strip(
            lambda x: np.zeros(next(sizes)), window=10, hop=10, columns=3
        )
