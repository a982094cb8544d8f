"""A jitter buffer makes sound without gaps out of what comes late, or not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from livegan.benchmark.lines import LINES, PACKET, LineModel, chord, play
from livegan.sound import HOP, RATE
from livegan.sound.network.jitter_buffer import MOST, JitterBuffer
from livegan.sound.network.packet import Packet

QUICK = [
    replace(model, pause=(6, 3000))
    if model.pause[0]
    else replace(model, stalls=(2, 80))
    if model.stalls[0]
    else model
    for model in LINES
]
"""The lines of the benchmark; what happens seldom happens in a short time."""


def tone(start: int, stop: int, rate: int = RATE) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(start, stop) / rate)
    return np.stack([wave, wave / 2], axis=1).astype(np.float32)


def pitch(sound: np.ndarray) -> float:
    """Of the left channel, in Hz."""
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound)), 8 * len(sound)))
    return float(np.argmax(spectrum)) * RATE / (8 * len(sound))


@pytest.mark.parametrize("model", QUICK, ids=lambda model: model.name)
def test_no_line_puts_a_stroke_into_the_sound_or_holds_it_back_too_long(model: LineModel) -> None:
    played = play(model, chord, 12.0)
    assert played.strokes == []
    assert played.delay <= 1.3 * played.smallest
    assert abs(played.growth) < 0.03


def test_it_follows_a_clock_that_is_off_without_a_growing_delay() -> None:
    for ppm in (-900, 900):
        played = play(LineModel("", 30, 3, ppm=ppm), tone, 30.0, judged=False)
        late = [offset for at, offset in played.offsets if at > 4]
        assert max(late) - min(late) < 0.012
        assert played.lost < 0.001


def test_the_speed_changes_by_no_more_than_nobody_hears() -> None:
    buffer, pitches = JitterBuffer(), []
    for turn in range(600):
        now = turn * HOP / RATE
        late = 0.2 if turn < 150 else 0.0  # a line that gets faster by 0.2 s
        at = turn * HOP
        buffer.push(Packet(tone(at, at + HOP), at, RATE, now + late))
        heard = buffer.pull(HOP, now + late)
        pitches.append(heard)
    sound = np.concatenate(pitches)
    for begin in range(RATE, len(sound) - RATE, RATE):
        assert abs(pitch(sound[begin : begin + RATE]) / 440 - 1) < 1.2 * MOST


def fed(buffer: JitterBuffer, seconds: float, rate: int = RATE, begin: float = 0.0) -> np.ndarray:
    """What is heard of a tone at a rate, on a line without jitter."""
    size, out = rate // 50, []
    for turn in range(round(seconds * 50)):
        now = begin + (turn + 1) / 50
        block = tone(turn * size, (turn + 1) * size, rate)
        buffer.push(Packet(block, turn * size, rate, now, int(begin)))
        out.append(buffer.pull(PACKET, now))
    return np.concatenate(out)


@pytest.mark.parametrize("rate", [8000, 44100, 96000, 192000])
def test_any_rate_of_a_sender_is_heard_at_its_pitch(rate: int) -> None:
    sound = fed(JitterBuffer(), 3.0, rate)
    assert pitch(sound[-RATE:]) == pytest.approx(440, abs=0.5)
    np.testing.assert_allclose(np.abs(sound[-RATE:]).max(axis=0), [0.5, 0.25], rtol=0.03)


def test_a_sender_may_change_its_rate() -> None:
    buffer = JitterBuffer()
    fed(buffer, 2.0, 48000)
    sound = fed(buffer, 2.0, 44100, begin=2.0)
    assert pitch(sound[-RATE // 2 :]) == pytest.approx(440, abs=1.0)
    assert np.abs(np.diff(sound[:, 0])).max() < 0.06  # no click: 0.03 is the tone's steepest


def test_the_delay_can_be_fixed() -> None:
    played = play(LineModel("", 30, 3), tone, 6.0, buffer=JitterBuffer(0.2), judged=False)
    # From the earliest packet, which is 20 ms long and takes 24 at least.
    assert played.delay == pytest.approx(0.2 + 0.02 + 0.024, abs=0.012)


def test_it_tells_what_it_knows_of_the_line() -> None:
    buffer = JitterBuffer()
    assert buffer.line.here == 0.0
    fed(buffer, 2.0)
    line = buffer.line
    assert (line.here, line.lost) == (1.0, 0.0)
    assert line.delay < 0.02 and line.jitter < 0.001
    for turn in range(100):
        buffer.pull(HOP, 2.0 + turn * HOP / RATE)
    assert buffer.line.here == 0.0
    assert buffer.line.lost > 0.5


def test_packets_of_another_order_are_put_in_order_and_copies_change_nothing() -> None:
    buffer, out = JitterBuffer(), []
    order = [number ^ 1 for number in range(150)]  # each two of them change places
    for turn, number in enumerate(order):
        now = (turn + 1) / 50
        for _ in range(2):
            block = tone(number * PACKET, (number + 1) * PACKET)
            buffer.push(Packet(block, number * PACKET, RATE, now))
        out.append(buffer.pull(PACKET, now))
    sound = np.concatenate(out)[-RATE:]
    assert np.abs(np.diff(sound[:, 0])).max() < 0.03
    assert buffer.line.lost == 0.0


def test_a_second_of_sound_that_always_comes_at_once_is_played_whole() -> None:
    buffer, heard = JitterBuffer(), []
    for turn in range(1000):
        now = turn / 100
        if turn % 100 == 0:
            for number in range(turn // 2, turn // 2 + 50):
                block = tone(number * PACKET, (number + 1) * PACKET)
                buffer.push(Packet(block, number * PACKET, RATE, now))
        heard.append(buffer.pull(HOP, now))
    sound = np.concatenate(heard)[-4 * RATE :]
    assert np.sqrt((sound[:, 0] ** 2).mean()) == pytest.approx(0.5 / 2**0.5, rel=0.02)
