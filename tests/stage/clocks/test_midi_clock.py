"""A MIDI clock that trembles gives a steady tempo and the beat; it starts, stops and comes back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pytest

from livegan.sound.tempo_source import ClockReading
from livegan.stage.clocks.midi_clock import (
    CONTINUE,
    PULSE,
    PULSES,
    SONG_POSITION,
    START,
    STOP,
    ClockReceiver,
    MidiClock,
)


class Sequencer:
    """Sends pulses, late by chance, as a wire and a busy machine make them."""

    def __init__(self, clock: MidiClock, jitter: float = 0.0, seed: int = 0) -> None:
        self.clock, self.jitter = clock, jitter
        self.chance = np.random.default_rng(seed)
        self.now = 100.0
        self.pulses = 0
        self.read: list[tuple[float, float, float]] = []
        """At each look: when, the tempo, and the beats by which the count is off."""

    def play(
        self,
        seconds: float,
        bpm: float | Callable[[float], float],
        lost: Collection[int] = (),
        counts: bool = True,
    ) -> None:
        end, before = self.now + seconds, 0.0
        while self.now < end:
            at = max(before, self.now + abs(self.chance.normal(0.0, self.jitter)))
            before = at
            if self.pulses not in lost:
                self.clock.take([PULSE], at)
            if self.pulses % 5 == 0 and (reading := self.clock.read()) is not None:
                off = reading.beats_at(self.now) - self.pulses / PULSES if counts else 0.0
                self.read.append((self.now, reading.bpm, off))
            self.pulses += 1
            self.now += 60 / (bpm(self.now) if callable(bpm) else bpm) / PULSES

    def since(self, time: float) -> np.ndarray:
        return np.array([row for row in self.read if row[0] >= time])


def started(jitter: float = 0.0, seed: int = 0) -> Sequencer:
    sequencer = Sequencer(MidiClock(), jitter, seed)
    assert sequencer.clock.take([START], sequencer.now)
    return sequencer


@pytest.mark.parametrize("jitter", [0.001, 0.002])
@pytest.mark.parametrize("bpm", [61.7, 123.4, 174.0])
def test_a_clock_that_trembles_by_two_milliseconds_is_steady_within_a_thousandth(
    jitter: float, bpm: float
) -> None:
    sequencer = started(jitter, seed=round(bpm))
    sequencer.play(30, bpm)
    read = sequencer.since(106.0)
    assert np.abs(read[:, 1] / bpm - 1).max() < 0.001
    assert np.abs(read[:, 2]).max() * 60 / bpm < 0.004, "seconds that the beat is off"


def test_pulses_that_come_in_bursts_leave_the_tempo_steady() -> None:
    sequencer = started(0.001)
    late = sequencer.chance
    normal = late.normal

    class Bursts:
        def normal(self, mean: float, spread: float) -> float:
            return 0.015 if late.random() < 0.05 else float(normal(mean, spread))

    sequencer.chance = Bursts()  # type: ignore[assignment]
    sequencer.play(30, 120.0)
    assert np.abs(sequencer.since(106.0)[:, 1] / 120 - 1).max() < 0.001


def test_pulses_that_stall_and_are_made_up_for_all_at_once_leave_the_tempo() -> None:
    sequencer = started(0.001)
    sequencer.play(6, 120.0)
    read: list[float] = []
    for _ in range(12):
        pulses = [sequencer.now + n / 48 for n in range(12)]
        sequencer.now = pulses[-1] + 1 / 48
        for n in range(12):  # a quarter of a second, sent within 12 ms
            sequencer.clock.take([PULSE], sequencer.now + n / 1000)
        reading = sequencer.clock.read()
        assert reading is not None
        read.append(reading.bpm)
    assert np.abs(np.array(read) / 120 - 1).max() < 0.05


def test_a_change_of_tempo_is_followed_within_two_beats() -> None:
    sequencer = started(0.0015)
    sequencer.play(20, lambda now: 120.0 if now < 110 else 128.0)
    read = sequencer.since(111.0)
    assert np.abs(read[:, 1] / 128 - 1).max() < 0.01
    assert np.abs(sequencer.since(113.0)[:, 1] / 128 - 1).max() < 0.001
    assert np.abs(read[:, 2]).max() < 0.02, "beats"


def test_a_turned_pitch_fader_is_followed() -> None:
    sequencer = started(0.0015)
    sequencer.play(15, lambda now: 120 + min(8.0, max(0.0, now - 105)))
    assert np.abs(sequencer.since(101.0)[:, 2]).max() < 0.03, "beats"


def test_pulses_that_are_lost_on_the_way_do_not_move_the_beat() -> None:
    sequencer = started(0.001)
    sequencer.play(20, 120.0, lost={300, 301, 500})
    read = sequencer.since(106.0)
    assert np.abs(read[:, 1] / 120 - 1).max() < 0.005
    assert abs(read[-1, 2]) < 0.01


def test_the_first_pulse_after_start_is_the_beat_also_between_two_pulses() -> None:
    sequencer = started()
    sequencer.play(3.3, 120.0)
    sequencer.now += 0.007  # not where the next pulse would have been
    assert sequencer.clock.take([START], sequencer.now)
    first = sequencer.now
    sequencer.clock.take([PULSE], first)
    reading = sequencer.clock.read()
    assert reading is not None
    assert reading.beats_at(first) == pytest.approx(0.0, abs=1e-6)
    assert reading.bpm == pytest.approx(120, rel=1e-3)


def test_a_song_continues_where_it_was_stopped_and_where_the_position_says() -> None:
    sequencer = started()
    sequencer.play(4.0, 120.0)
    stopped = sequencer.pulses / PULSES
    assert not sequencer.clock.take([STOP], sequencer.now)
    assert sequencer.clock.playing is False
    sequencer.play(1.0, 120.0)  # the clock goes on
    sequencer.clock.take([CONTINUE], sequencer.now)
    sequencer.clock.take([PULSE], sequencer.now)
    reading = sequencer.clock.read()
    assert reading is not None and reading.beats_at(sequencer.now) == pytest.approx(stopped)
    sequencer.clock.take([STOP], sequencer.now)
    sequencer.clock.take([SONG_POSITION, 8, 1], sequencer.now)  # 136 sixteenths
    sequencer.clock.take([CONTINUE], sequencer.now + 0.02)
    sequencer.clock.take([PULSE], sequencer.now + 0.02)
    reading = sequencer.clock.read()
    assert reading is not None and reading.beats_at(sequencer.now + 0.02) == pytest.approx(34.0)


def test_a_clock_that_was_away_takes_up_the_beat_that_went_on_meanwhile() -> None:
    sequencer = started()
    sequencer.play(5.0, 120.0)
    assert sequencer.clock.there(sequencer.now)
    sequencer.now += 4.1
    assert not sequencer.clock.there(sequencer.now)
    before = sequencer.clock.read()
    assert before is not None
    expected = before.beats_at(sequencer.now)
    sequencer.clock.take([PULSE], sequencer.now)
    after = sequencer.clock.read()
    assert after is not None and after.bpm == pytest.approx(before.bpm)
    assert abs(after.beats_at(sequencer.now) - expected) <= 0.5 / PULSES + 1e-6


@pytest.mark.parametrize("bpm", [9.0, 700.0])
def test_pulses_that_are_no_tempo_are_none(bpm: float) -> None:
    sequencer = Sequencer(MidiClock())
    sequencer.play(2.0 if bpm > 100 else 30.0, bpm)
    assert sequencer.clock.read() is None


def test_a_single_pulse_or_a_cut_message_breaks_nothing() -> None:
    clock = MidiClock()
    for message in ([], [PULSE], [SONG_POSITION], [SONG_POSITION, 1], [0x90, 1, 1], [STOP], [STOP]):
        clock.take(message, 1.0)
    assert clock.read() is None
    clock = MidiClock(ClockReading(0.0, 10.0, 120.0))
    clock.take([PULSE], 2.0)
    reading = clock.read()
    assert reading is not None and reading.beats_at(2.0) == pytest.approx(14.0)


class Stage:
    """What the receiver tells."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.receiver = ClockReceiver(lambda what, **fields: self.told.append(fields))

    def pulses(self, port: str, begin: float, seconds: float, bpm: float = 120.0) -> float:
        at = begin
        while at < begin + seconds:
            self.receiver.take(port, [PULSE], at)
            self.receiver.look(at)
            at += 60 / bpm / PULSES
        return at


def test_a_steady_clock_is_told_seldom_and_its_silence_once() -> None:
    stage = Stage()
    end = stage.pulses("desk", 0.0, 20.0)
    assert 1 <= len([row for row in stage.told if "bpm" in row]) < 10
    assert stage.told[-1]["text"] == "desk"
    for wait in np.arange(0.1, 3.0, 0.1):
        stage.receiver.look(end + wait)
    assert stage.told[-1] == {"text": "silent"}
    assert stage.told.count({"text": "silent"}) == 1
    stage.pulses("desk", end + 3.0, 1.0)
    assert stage.told[-1]["text"] == "desk" and stage.told[-1]["bpm"] == pytest.approx(120)


def test_a_start_is_told_with_its_first_pulse() -> None:
    stage = Stage()
    end = stage.pulses("desk", 0.0, 3.3)
    stage.receiver.take("desk", [START], end)
    count = len(stage.told)
    stage.receiver.take("desk", [PULSE], end + 0.001)
    assert len(stage.told) == count + 1
    told = stage.told[-1]
    assert told["beats"] == pytest.approx(0.0, abs=1e-6) and told["at"] == end + 0.001
    stage.receiver.take("desk", [STOP], end + 0.02)
    stage.receiver.take("desk", [PULSE], end + 0.02)
    stage.receiver.look(end + 0.2)
    assert stage.told[-1]["text"] == "desk, stopped"


def test_the_first_of_two_clocks_is_followed_until_it_is_gone() -> None:
    stage = Stage()
    at = stage.pulses("desk", 0.0, 2.0)
    assert stage.receiver.take("other", [PULSE], at)
    assert not stage.receiver.take("other", [0x90, 1, 1], at)
    assert not stage.receiver.take("other", [], at)
    assert {row["text"] for row in stage.told} <= {"desk", "silent"}
    assert not stage.receiver.take("desk", [], at)
    assert stage.told[-1] == {"text": "gone"}
    stage.pulses("other", at, 2.0, bpm=100.0)
    assert stage.told[-1]["text"] == "other"
    assert stage.told[-1]["bpm"] == pytest.approx(100)


def told_of(times: np.ndarray) -> list[dict[str, Any]]:
    """What the receiver tells of pulses at these times, and of the silence after them."""
    stage = Stage()
    left = list(np.maximum.accumulate(times))
    for now in np.arange(left[0], left[-1] + 1.0, 0.01):
        while left and left[0] <= now:
            stage.receiver.take("desk", [PULSE], left.pop(0))
        stage.receiver.look(float(now))
    return stage.told


def stalled(times: np.ndarray, last: int, chance: np.random.Generator) -> None:
    times[-last:] = times[-last] + chance.uniform(0.02, 0.3) + np.arange(last) * 0.004


def slower(times: np.ndarray, last: int, chance: np.random.Generator) -> None:
    times[-last:] += np.arange(last) * chance.uniform(0.001, 0.02)


def dying(times: np.ndarray, last: int, chance: np.random.Generator) -> None:
    times[-last:] += np.cumsum(np.cumsum(np.full(last, chance.uniform(0.0005, 0.005))))


def bursts(times: np.ndarray, last: int, chance: np.random.Generator) -> None:
    size, which = int(chance.integers(2, 8)), np.arange(len(times) - last, len(times))
    times[which] = times[np.minimum((which // size + 1) * size, len(times) - 1)]


def late(times: np.ndarray, last: int, chance: np.random.Generator) -> None:
    times[-last:] += chance.uniform(0.002, 0.02)


@pytest.mark.parametrize("end", [stalled, slower, dying, bursts, late])
def test_a_lost_clock_goes_on_at_the_tempo_that_it_held_however_its_last_pulses_came(
    end: Callable[[np.ndarray, int, np.random.Generator], None],
) -> None:
    chance = np.random.default_rng(7)
    for last in (3, 8, 13, 20, 28):
        count = int(chance.integers(100, 260))
        times = 100 + np.arange(count) / 36 + np.abs(chance.normal(0.0, 0.0015, count))
        end(times, last, chance)
        told = told_of(times)
        assert told[-1] == {"text": "silent"}
        readings = [row for row in told if "bpm" in row]
        assert readings[-1]["bpm"] == pytest.approx(90, rel=0.01), (last, count)
        assert {row["text"] for row in readings} == {"desk"}, "it is lost only once"


@pytest.mark.parametrize("until", [253, 290, None])
def test_a_machine_that_stumbles_leaves_the_tempo(until: int | None) -> None:
    """Some pulses come late, or all from one on."""
    chance = np.random.default_rng(3)
    for seconds in (0.005, 0.012, 0.02):
        times = 100 + np.arange(400) / 36 + np.abs(chance.normal(0.0, 0.001, 400))
        times[250:until] += seconds
        read = [row["bpm"] for row in told_of(times) if "bpm" in row]
        assert np.abs(np.array(read) / 90 - 1).max() < 0.012, seconds


@pytest.mark.parametrize(("before", "after"), [(90, 75), (60, 180), (140, 70), (120, 123)])
def test_another_tempo_is_followed_within_two_beats(before: float, after: float) -> None:
    sequencer = started(0.0015)
    sequencer.play(30, lambda now: before if now < 112 else after)
    changed = sequencer.since(112.0 + 2 * 60 / after)
    assert np.abs(changed[:, 1] / after - 1).max() < 0.02
    assert np.abs(sequencer.since(112.0 + 5 * 60 / after)[:, 1] / after - 1).max() < 0.002
