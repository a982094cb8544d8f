"""Knobs are sent back to the controllers that move them."""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

import pytest

from livegan.stage.hands.mapping.mapper import FaderPlace
from livegan.stage.hands.mapping.route import Route
from livegan.stage.hands.midi_feedback import ports_of, send_back
from livegan.stage.hands.midi_outputs import MidiOutputs, meant

FADER = Route("knob", "hue", "cc", 7, port="nano slider", channel=2, feedback=True)


class FakeOutputs:
    """The part of the module ``rtmidi`` that is used; each signature is checked below."""

    def __init__(self) -> None:
        self.ports = ["Midi Through 14:0", "livegan:nano", "nano CTRL 24:0"]
        self.taken: set[str] = set()
        self.sent: list[tuple[str, list[int]]] = []
        self.closed: list[str] = []
        library = self

        class MidiOut:
            def __init__(self, rtapi: int = 0, name: str = "RtMidi Client") -> None:
                self.port = ""

            def get_ports(self, encoding: str = "auto") -> list[str]:
                return list(library.ports)

            def open_port(self, port: int = 0, name: str | None = None) -> None:
                self.port = library.ports[port]
                if self.port in library.taken:
                    raise RuntimeError("in use")

            def send_message(self, message: list[int]) -> None:
                library.sent.append((self.port, message))

            def close_port(self) -> None:
                library.closed.append(self.port)

            def delete(self) -> None: ...

        self.MidiOut = MidiOut

    def get_compiled_api(self) -> list[int]:
        return [2]


def test_the_fake_has_the_signatures_of_the_library() -> None:
    rtmidi = pytest.importorskip("rtmidi", reason="pip install 'livegan[midi]'")
    fake = FakeOutputs().MidiOut
    for name in ("get_ports", "open_port", "send_message", "close_port", "delete"):
        real = getattr(rtmidi.MidiOut, name).__doc__.splitlines()[0]
        given = list(inspect.signature(getattr(fake, name)).parameters)
        named = [
            part.split("=")[0].split()[-1] for part in real[real.index("(") + 1 : -1].split(",")
        ]
        assert named == given, real


def made() -> tuple[FakeOutputs, MidiOutputs, list[str]]:
    library, notes = FakeOutputs(), list[str]()
    return library, MidiOutputs(library, notes.append, contextlib.nullcontext, "livegan"), notes


def test_a_knob_is_sent_when_it_is_new_and_not_to_the_hand_that_moved_it() -> None:
    library, outputs, notes = made()
    outputs.scan(ports_of([FADER]))
    assert notes == ["MIDI: sending to nano CTRL"] and outputs
    for place in (
        FaderPlace(FADER, 0.5, None),
        FaderPlace(FADER, 0.5, None),
        FaderPlace(FADER, 0.25, 0.25),
    ):
        send_back(outputs, [place])
    assert library.sent == [("nano CTRL 24:0", [0xB1, 7, 64])]
    send_back(outputs, [FaderPlace(FADER, 1.0, 0.25)])
    assert library.sent[1:] == [("nano CTRL 24:0", [0xB1, 7, 127])]


def test_a_device_that_comes_back_is_sent_everything() -> None:
    library, outputs, _ = made()
    outputs.scan(["nano"])
    send_back(outputs, [FaderPlace(FADER, 0.5, None)])
    ports, library.ports = library.ports, []
    outputs.scan(["nano"])
    assert not outputs
    send_back(outputs, [FaderPlace(FADER, 0.6, None)])
    library.ports = ports
    outputs.scan(["nano"])
    send_back(outputs, [FaderPlace(FADER, 0.5, None)])
    assert len(library.sent) == 2 and library.closed == ["nano CTRL 24:0"]
    outputs.scan([])
    assert not outputs, "nobody wants it any longer"


def test_an_output_that_another_program_has_is_told_once() -> None:
    library, outputs, notes = made()
    library.taken = set(library.ports)
    for _ in range(3):
        outputs.scan(["nano"])
    assert notes == ["MIDI: nothing can be sent to nano CTRL (in use)"]


@pytest.mark.parametrize(
    ("more", "messages"),
    [
        ({"source": "note", "number": 36}, [[0x91, 36, 127]]),
        ({"source": "bend", "number": None}, [[0xE1, 127, 127]]),
        ({"bits": 14}, [[0xB1, 7, 127], [0xB1, 39, 127]]),
    ],
)
def test_notes_bends_and_controls_of_14_bits_are_sent_as_they_come(
    more: dict[str, Any], messages: list[list[int]]
) -> None:
    library, outputs, _ = made()
    values: dict[str, Any] = {"source": "cc", "number": 7, **more}
    route = Route("knob", "hue", port="nano", channel=2, feedback=True, **values)
    outputs.scan(ports_of([route]))
    send_back(outputs, [FaderPlace(route, 1.0, None)])
    assert [message for _, message in library.sent] == messages


def test_an_output_is_known_by_the_name_of_its_device() -> None:
    names = ["nanoKONTROL2 CTRL 24:0", "the Desk", "midi through", "Launchpad Mini", "Launchpad X"]
    assert meant("nanokontrol2 slider/knob", names) == ["nanoKONTROL2 CTRL 24:0"]
    assert meant("desk", names) == ["the Desk"]
    assert meant("launchpad x", names) == ["Launchpad X"], "the whole name before a part of it"
    assert meant("launchpad pro", names) == ["Launchpad Mini", "Launchpad X"]
    assert meant("", names) == meant("midi in", names) == []
