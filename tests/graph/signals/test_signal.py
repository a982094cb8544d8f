"""Signals: arithmetic, clocks, memory, and errors that name the fix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.graph.place import SetError
from livegan.graph.signals.oscillator import chosen
from livegan.graph.signals.reading import Reading, number, read
from livegan.graph.signals.signal import Signal
from livegan.live import beat, choose, every, lfo, listen, param, signal, time, where
from livegan.plugin import Now

sound = listen()
FINITE = st.floats(-1e6, 1e6)


def heard(**features: float) -> Any:
    return SimpleNamespace(**{"level": 0.0, "low": 0.0, "kick": 0.0, **features})


def at(beats: float = 0.0, *, dt: float = 0.04, memory: Any = None, **features: float) -> Reading:
    now = Now(time=beats / 2, dt=dt, bpm=120, beats=beats, seed=3)
    return Reading(now, heard(**features), {} if memory is None else memory)


@given(FINITE, FINITE)
def test_arithmetic_is_that_of_numbers(a: float, b: float) -> None:
    low = sound.low
    reading = at(low=a)
    for made, wanted in (
        (low + b, a + b), (b + low, b + a), (low - b, a - b), (b - low, b - a),
        (low * b, a * b), (b * low, b * a), (-low, -a), (abs(low), abs(a)),
    ):  # fmt: skip
        assert number(made, reading) == pytest.approx(wanted)
    assert number(low > b, reading) == float(a > b)
    assert number(low >= b, reading) == float(a >= b)
    assert number(low < b, reading) == float(a < b)


def test_division_by_zero_and_overflow_are_nothing_to_fear() -> None:
    assert number(1 / sound.low, at()) == 0.0
    assert number(sound.low % 0, at(low=3)) == 0.0
    assert number((sound.low * 1e300) ** 9, at(low=5)) == 0.0
    assert number((sound.low - 1) ** 0.5, at()) == 0.0
    assert number(sound.low, at(low=math.nan)) == 0.0


def test_asking_a_signal_for_its_value_names_the_fix() -> None:
    with pytest.raises(SetError, match=r"where\(condition, a, b\)"):
        bool(sound.kick)
    with pytest.raises(SetError, match="while the set is read"):
        float(sound.kick)
    with pytest.raises(SetError, match="did you mean 'centroid'"):
        _ = sound.centriod
    with pytest.raises(SetError, match="did you mean 'smooth'"):
        sound.kick.smoth(3)


def test_an_lfo_goes_round_in_its_period() -> None:
    wave = lfo(beats=8)
    assert number(wave, at(0)) == pytest.approx(0)
    assert number(wave, at(4)) == pytest.approx(1)
    assert number(wave, at(8)) == pytest.approx(0)
    assert number(lfo(bars=1, low=10, high=20), at(2)) == pytest.approx(20)
    assert number(lfo(seconds=1, shape="ramp"), at(2.5)) == pytest.approx(0.25)
    assert number(lfo(4, shape="square", phase=0.5), at(0)) == 0.0


@pytest.mark.parametrize("shape", ["sine", "triangle", "ramp", "saw", "square", "random", "noise"])
def test_every_shape_stays_between_nothing_and_one(shape: str) -> None:
    values = [number(lfo(beats=3, shape=shape), at(b / 7)) for b in range(200)]
    assert min(values) >= 0 and max(values) <= 1
    assert max(values) - min(values) > 0.4


def test_a_pulse_starts_high_and_falls() -> None:
    pulse = every(beats=4, fall=0.5)
    assert number(pulse, at(8)) == 1.0
    assert number(pulse, at(9)) == pytest.approx(0.5)
    assert number(pulse, at(11)) == 0.0


@given(st.integers(2, 6), st.integers(0, 50))
def test_choosing_in_rounds_uses_every_value_once(count: int, turn: int) -> None:
    steps = range(turn * count, (turn + 1) * count)
    assert sorted(chosen(s, count, "random", 1) for s in steps) == list(range(count))
    assert [chosen(s, count, "cycle", 1) for s in steps] == list(range(count))


def test_choose_gives_words_as_well() -> None:
    words = choose("frame", "running", beats=1, order="cycle")
    assert [read(words, at(b)) for b in range(3)] == ["frame", "running", "frame"]


def test_smoothing_does_not_depend_on_the_rate_of_pictures() -> None:
    results = []
    for steps in (10, 40):
        memory: dict[str, Any] = {}
        smooth = sound.low.smooth(0.5)
        read(smooth, at(dt=0, memory=memory))
        for _ in range(steps):
            value = number(smooth, at(dt=1 / steps, memory=memory, low=1.0))
        results.append(value)
    assert results[0] == pytest.approx(results[1], rel=1e-6)
    assert results[0] == pytest.approx(1 - math.exp(-2))


def test_falling_rises_at_once() -> None:
    memory: dict[str, Any] = {}
    fall = sound.kick.fall(1.0)
    assert number(fall, at(memory=memory, kick=1.0)) == 1.0
    assert number(fall, at(memory=memory, dt=1.0)) == pytest.approx(math.exp(-1))


def test_equal_expressions_are_one_signal_and_others_are_not() -> None:
    assert (0.5 * sound.kick).smooth(1).print == (0.5 * sound.kick).smooth(1).print
    assert (0.5 * sound.kick).smooth(1).print != (0.6 * sound.kick).smooth(1).print


def test_where_follows_its_condition() -> None:
    either = where(sound.low > 0.5, 10, time)
    assert number(either, at(low=0.9)) == 10
    assert number(either, at(8, low=0.1)) == 4


def test_a_leaf_is_a_signal_with_parameters() -> None:
    @signal
    def pump(sound: Any, *, now: Now, depth: float = param(0.5, 0, 1, "how far")) -> float:
        """Ducks."""
        return 1 - depth * (1 - now.beat) * sound.low

    assert number(pump(sound), at(4, low=1.0)) == 0.5
    assert number(pump(depth=1.0), at(4, low=1.0)) == 0.0
    assert number(pump(depth=sound.kick), at(4, low=1.0, kick=0.25)) == 0.75
    with pytest.raises(SetError, match="pump: depth goes from 0 to 1, got 2"):
        pump(depth=2)


def test_the_changed_body_of_a_leaf_is_another_signal() -> None:
    def leaf(body: str) -> Signal:
        scope: dict[str, Any] = {"signal": signal}
        exec(f"@signal\ndef f(*, now):\n    return {body}", scope)
        return scope["f"]()

    assert leaf("1").print == leaf("1").print
    assert leaf("1").print != leaf("2").print


def test_a_period_of_nothing_is_refused() -> None:
    for wrong in (lambda: lfo(beats=0), lambda: every(bars=-1), lambda: lfo(beats=1, bars=1)):
        with pytest.raises(SetError):
            wrong()
    assert number(beat, at(1.25)) == 0.25


@dataclass(frozen=True)
class Fader:
    value: float
    time: float = 0.0
    serial: int = 1


def test_a_control_is_read_by_name_and_stands_at_its_default_until_it_is_set() -> None:
    fader = Signal("control", "midi/cc 1", 0.25)
    unset, now = at(), at()
    now.controls = {"midi/cc 1": Fader(0.75)}
    assert number(fader, unset) == unset.control("midi/cc 1", 0.25) == 0.25
    assert number(fader, now) == now.control("midi/cc 1", 0.25) == 0.75
    assert number(2 * fader + 1, now) == 2.5
    assert number(Signal("control", "midi/cc 2", sound.low), at(low=0.5)) == 0.5
