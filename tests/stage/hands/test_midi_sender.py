"""What a set sends by MIDI: on change, to devices that come and go, and no note stays on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from livegan.engine.sent_values import SentValues
from livegan.graph.graph import collecting
from livegan.graph.send import Send
from livegan.ipc.control_table import ControlTable
from livegan.live import midi, send
from livegan.stage.hands.midi_sender import MidiSender, step
from tests.stage.hands.test_midi_feedback import made


def sent_to(port: str = "nano", light: bool = False, **control: Any) -> Send:
    with collecting() as graph:
        send(midi(port=port, **control), 0, light=light)
    (found,) = graph.sends
    return found


@pytest.fixture
def table() -> Iterator[ControlTable]:
    with ControlTable.create() as made:
        yield made


def messages(what: Send, *values: float) -> list[list[int]]:
    """All that is sent for these values, one a picture."""
    found, before = [], None
    for value in values:
        before, new = step(what.row, value, before)
        found += new
    return found


def test_each_kind_is_sent_on_change_and_within_what_midi_has() -> None:
    cc = messages(sent_to(cc=20, channel=2), 0.0, 0.5, 0.501, 2.0, -1.0)
    assert cc == [[0xB1, 20, 0], [0xB1, 20, 64], [0xB1, 20, 127], [0xB1, 20, 0]]
    bend = messages(sent_to(bend=True), 0.0, 1.0, -1.0)
    assert bend == [[0xE0, 0, 64], [0xE0, 127, 127], [0xE0, 0, 0]]
    assert messages(sent_to(program=True), 3.2, 200.0) == [[0xC0, 3], [0xC0, 127]]
    assert messages(sent_to(aftertouch=True), 1.0) == [[0xD0, 127]]
    assert messages(sent_to(aftertouch=60), 1.0) == [[0xA0, 60, 127]]


def test_a_note_begins_with_its_velocity_and_ends_at_0() -> None:
    on, off = [0x90, 36, 102], [0x80, 36, 0]
    assert messages(sent_to(note=36), 0.0, 0.8, 0.7, 0.6, 0.0, 0.0) == [off, on, off]
    assert messages(sent_to(note=36), 0.8, 0.003) == [on, off], "what falls for ever ends, too"


def test_a_note_that_jumps_up_while_it_is_on_is_struck_again() -> None:
    struck = messages(sent_to(note=36), 0.8, 0.5, 0.4, 1.0, 0.0)
    assert struck == [[0x90, 36, 102], [0x80, 36, 0], [0x90, 36, 127], [0x80, 36, 0]]
    slowly = messages(sent_to(note=36), *(n / 10 for n in range(1, 11)))
    assert slowly == [[0x90, 36, 13]]


def test_the_light_of_a_pad_follows_its_value() -> None:
    light = messages(sent_to(note=36, light=True), 0.1, 0.1, 0.5, 0.0)
    assert light == [[0x90, 36, 13], [0x90, 36, 64], [0x80, 36, 0]]


def test_once_a_picture_and_all_again_to_a_device_that_comes_back(table: ControlTable) -> None:
    library, outputs, notes = made()
    sender = MidiSender(outputs, notes.append)
    fader, note = sent_to(cc=7), sent_to(note=36)
    sender.follow([fader.row, note.row])
    engine = SentValues(table.lane("engine"), notes.append)
    engine.write(((fader, (0.5,)), (note, (1.0,))), 1, 0.1)

    def look() -> list[list[int]]:
        before = len(library.sent)
        outputs.scan(sender.ports)
        sender.look()
        sender.send(table.snapshot())
        return [message for _, message in library.sent[before:]]

    assert look() == [[0xB0, 7, 64], [0x90, 36, 127]]
    assert look() == []
    ports, library.ports = library.ports, ["Midi Through"]
    for _ in range(2):
        assert look() == []
    engine.write(((fader, (1.0,)), (note, (1.0,))), 2, 0.2)
    assert look() == []
    library.ports = ports
    assert look() == [[0xB0, 7, 127], [0x90, 36, 127]]
    assert notes == [
        "MIDI: sending to nano CTRL",
        "MIDI: the set sends to 'nano', which is not there or cannot be opened; there are: "
        "Midi Through. It is opened when it comes",
        "MIDI: sending to nano CTRL",
    ]
    sender.follow([fader.row])
    assert library.sent[-1] == ("nano CTRL 24:0", [0x80, 36, 0]), "the next set has no such note"
    sender.follow([fader.row, note.row])
    look()
    sender.close()
    assert library.sent[-1] == ("nano CTRL 24:0", [0x80, 36, 0]), "no note outlives the show"
    engine.close()
