"""The three bytes of MIDI: what each message sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.hands.midi_message import plain, released, sets


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ([0xB0, 7, 127], [("midi/nano/1/cc 7", 1.0)]),
        ([0xBF, 7, 0], [("midi/nano/16/cc 7", 0.0)]),
        ([0x99, 36, 127], [("midi/nano/10/hit 36", 1.0), ("midi/nano/10/note 36", 1.0)]),
        ([0x90, 36, 0], [("midi/nano/1/note 36", 0.0)]),
        ([0x80, 36, 64], [("midi/nano/1/note 36", 0.0)]),
        ([0xA0, 60, 127], [("midi/nano/1/pressure 60", 1.0)]),
        ([0xD0, 127], [("midi/nano/1/pressure", 1.0)]),
        ([0xC0, 12], [("midi/nano/1/program", 12.0)]),
        ([0xE0, 0, 64], [("midi/nano/1/bend", 0.0)]),
        ([0xE0, 127, 127], [("midi/nano/1/bend", 1.0)]),
        ([0xE0, 0, 0], [("midi/nano/1/bend", -1.0)]),
        ([0xF8], []),
        ([0xF0, 1, 2, 0xF7], []),
        ([0xB0, 121, 0], []),
        ([0xB0, 7], []),
        ([0xB0, 7, 200], []),
        ([7, 7, 7], []),
        ([], []),
    ],
)
def test_a_message_sets_its_controls(message: list[int], said: list[tuple[str, float]]) -> None:
    assert sets("nano", message, set()) == said


@given(st.lists(st.integers(0, 255), max_size=6))
def test_any_bytes_at_all_set_numbers_in_range_or_nothing(message: list[int]) -> None:
    for name, value in sets("nano", message, set()):
        assert name.startswith("midi/nano/") and -1 <= value <= 127


def test_keys_that_are_held_are_released_by_all_notes_off_and_by_a_pulled_cable() -> None:
    held: set[int] = set()
    for channel, key in ((0, 36), (0, 40), (1, 50), (0, 40)):
        sets("nano", [0x90 + channel, key, 100], held)
    sets("nano", [0x80, 36, 0], held)
    assert sets("nano", [0xB0, 123, 0], held) == [("midi/nano/1/note 40", 0.0)]
    assert released("nano", held) == [("midi/nano/2/note 50", 0.0)]
    assert held == set()


def test_a_device_has_the_same_name_when_it_is_plugged_in_again() -> None:
    assert plain("nanoKONTROL2:nanoKONTROL2 MIDI 1 24:0") == "nanoKONTROL2:nanoKONTROL2 MIDI 1"
    assert plain("nanoKONTROL2:nanoKONTROL2 MIDI 1 128:0") == "nanoKONTROL2:nanoKONTROL2 MIDI 1"
    assert plain("") == "MIDI"
    assert plain("ä" * 200) == "ä" * 45
