"""A known note is in the right lane, whatever its octave."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.builtin.encoders.chroma import classes

from ..playing import encoder, hearing, tone

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def hertz(note: int) -> float:
    """Frequency of a MIDI note."""
    return float(440.0 * 2.0 ** ((note - 69) / 12))


@pytest.mark.parametrize("note", range(48, 96))
def test_a_note_is_its_pitch_class(note: int) -> None:
    found = classes(tone(hertz(note))[:8192].astype(np.float32))[:12]
    assert NAMES[int(found.argmax())] == NAMES[note % 12]
    assert found.max() == pytest.approx(1.0)
    assert np.sort(found)[-2] < 0.6


def test_a_chord_has_its_three_notes() -> None:
    samples = sum(tone(hertz(note), amplitude=0.2) for note in (60, 64, 67))
    found = classes(np.asarray(samples)[:8192].astype(np.float32))[:12]
    assert {NAMES[i] for i in np.argsort(found)[-3:]} == {"C", "E", "G"}


def test_c_is_the_lane_at_the_foot_and_b_the_one_at_the_head() -> None:
    draw = encoder("chroma", (120, 40))
    for note, rows in ((60, slice(110, 120)), (71, slice(0, 10)), (69, slice(20, 30))):
        light = draw(hearing(tone(hertz(note))).at(144000), seconds=2.0).mean(0).mean(1)
        assert rows.start <= light.argmax() < rows.stop


def test_silence_has_no_notes() -> None:
    assert classes(np.zeros((8192, 2), np.float32)).tolist() == [0.0] * 13
