"""Sound that streams is the same sound, in bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np

from livegan.dataset import Conditions, Soundtrack, drawing
from livegan.plugin import declare
from livegan.sound import HOP
from livegan.sound.history import RecordedHistory
from livegan.sound.soundtrack import KEPT, Tail, is_silent
from tests.dataset.tiny_films import clicks

ENCODERS = ["waveform", "timeline", "levels", "levels_timeline", "spectrum", "chroma"]


def blocks(samples: np.ndarray, step: int = 7001) -> Iterator[np.ndarray]:
    """The sound cut at places that are no hops."""
    for start in range(0, len(samples), step):
        yield samples[start : start + step]


def test_conditions_of_a_sound_that_streams_are_those_of_the_whole() -> None:
    samples = clicks(9.3)
    drawings = [drawing(name) for name in ENCODERS]
    streamed = Conditions(Soundtrack(lambda: blocks(samples)), drawings, 48)
    whole = Conditions(samples, drawings, 48)
    for position in [480, 960, 24321, 48000, 200_000, 430_001]:
        pair = zip(streamed.at(position), whole.at(position), strict=True)
        for one, two in pair:
            np.testing.assert_array_equal(one, two)
    assert not streamed.hear(len(samples) + HOP) and not whole.hear(len(samples) + HOP)


def test_features_that_are_asked_for_late_are_those_of_the_whole() -> None:
    samples = np.tile(clicks(1.0) * 0.5, (150, 1))
    track = Soundtrack(lambda: blocks(samples, 48000))
    assert track.hear(145 * 48000)
    expected = RecordedHistory.of(samples[: 145 * 48000])
    np.testing.assert_array_equal(track.features(14_000, 14_500), expected.features(14_000, 14_500))
    track.hear(150 * 48000)
    np.testing.assert_array_equal(
        track.features(14_800, 15_000), RecordedHistory.of(samples).features(14_800, 15_000)
    )


def test_encoders_that_draw_samples_do_not_pay_for_the_analysis() -> None:
    track = Soundtrack(lambda: blocks(clicks(2)))
    Conditions(track, [drawing("waveform")], 32).at(48000)
    assert track._analyzer is None
    Conditions(track, [drawing("levels")], 32).at(48000)
    assert track._analyzer is not None


def test_an_encoder_that_is_fed_hears_all_of_a_long_pause() -> None:
    class Count:
        """How much it was fed."""

        def __init__(self) -> None:
            self.fed = 0
            self.sum = 0.0

        def feed(self, block: np.ndarray) -> None:
            self.fed += len(block)
            self.sum += float(np.abs(block).sum())

        def draw(self, sound, *, size) -> np.ndarray:  # type: ignore[no-untyped-def]
            assert self.fed == sound.position
            return np.full(size, (self.sum % 97) / 97)

    samples = np.tile(clicks(1.0), (300, 1))
    streamed = Conditions(
        Soundtrack(lambda: blocks(samples, 12000)), [drawing(declare("encoder", Count))], 16
    )
    whole = Conditions(samples[: 290 * 48000], [drawing(declare("encoder", Count))], 16)
    for position in (48000, 290 * 48000):
        np.testing.assert_array_equal(streamed.at(position)[0], whole.at(position)[0])


def test_two_hours_take_no_more_memory_than_minutes() -> None:
    block = np.full((48000, 2), 0.1, np.float32)
    track = Soundtrack(lambda: (block for _ in range(7200)))
    tracemalloc.start()
    try:
        track.hear(600 * 48000)
        early = tracemalloc.get_traced_memory()[1]
        track.hear(7200 * 48000)
        late = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert late <= 1.05 * early < 200e6
    assert track.samples(7200 * 48000 - KEPT, 7200 * 48000).min() > 0


def test_the_newest_rows_are_kept() -> None:
    tail = Tail(100, 1)
    rows = np.arange(1000, dtype=np.float32).reshape(-1, 1)
    chance = np.random.default_rng(1)
    while tail.end < 900:
        tail.add(rows[tail.end : tail.end + chance.integers(1, 60)])
        start = max(0, tail.end - 100)
        np.testing.assert_array_equal(tail.span(start, tail.end), rows[start : tail.end])
    assert tail.span(-5, 0).tolist() == [[0]] * 5


def test_silence_is_known_as_far_as_it_must_be_read() -> None:
    read = []

    def sound() -> Iterator[np.ndarray]:
        for loud in (0, 0, 0.5, 0):
            read.append(loud)
            yield np.full((480, 2), loud, np.float32)

    assert not is_silent(sound()) and read == [0, 0, 0.5]
    assert is_silent(iter([np.zeros((480, 2), np.float32), np.zeros((0, 2), np.float32)]))
