"""``send(...)`` declares what goes to other programs, and refuses what cannot."""

from __future__ import annotations

from typing import Any

import pytest

from livegan.graph.graph import collecting
from livegan.graph.place import SetError
from livegan.live import knob, listen, midi, send


def test_numbers_and_signals_are_declared_with_where_they_go() -> None:
    with collecting() as graph:
        send("/low", listen().low, to="10.0.0.7:7000")
        send("/rgb", 0.5, listen().kick, 1, to="lights.local:9000")
        send("/low", 0.5, to="10.0.0.8:7000")
    low, rgb, other = graph.sends
    assert (low.address, low.to, len(low.values)) == ("/low", "10.0.0.7:7000", 1)
    assert (rgb.to, rgb.values[0], rgb.values[2]) == ("lights.local:9000", 0.5, 1.0)
    assert len({low.key, rgb.key, other.key}) == 3
    assert low.row == {
        "key": low.key, "count": 1,
        "by": "osc", "address": "/low", "host": "10.0.0.7", "port": 7000,
    }  # fmt: skip
    with collecting() as again:
        send("/low", 7, to=" 10.0.0.7:7000 ")
    assert again.sends[0].key == low.key, "a save keeps it"


@pytest.mark.parametrize(
    ("given", "to", "why"),
    [
        (["low", 1], "a:1", "send: an address begins with a slash"),
        (["/a b", 1], "a:1", "' ' cannot be in an address"),
        (["/" + "a" * 100, 1], "a:1", "100 characters at most"),
        ([3, 1], "a:1", "send needs an address in quotes, got the number 3"),
        (["/low"], "a:1", "needs a number or a signal"),
        (["/low", *range(17)], "a:1", "takes 16 values at most, got 17"),
        (["/low", "loud"], "a:1", "sends numbers and signals, got the text 'loud'"),
        (["/low", None], "a:1", "sends numbers and signals, got None"),
        (["/low", 1], 7000, "to is a host and a port in quotes"),
        (["/low", 1], "7000", "to is a host and a port in quotes"),
        (["/low", 1], ":7000", "to is a host and a port in quotes"),
        (["/low", 1], "a:0", "a port is a whole number from 1 to 65535"),
        (["/low", 1], "a:65536", "a port is a whole number"),
        (["/low", 1], "a:", "a port is a whole number"),
        (["/low", 1], "10.0.0.256:1", "'10.0.0.256' is no address of a machine"),
        (["/low", 1], "my desk:1", "'my desk' is no name or IPv4 address"),
        (["/low", 1], "http://a:1", "is no name or IPv4 address"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_in_one_line(given: Any, to: Any, why: str) -> None:
    with pytest.raises(SetError) as refused:
        send(*given, to=to)
    assert why in str(refused.value) and "\n" not in str(refused.value)


def test_the_same_address_of_the_same_receiver_is_sent_once() -> None:
    with collecting(), pytest.raises(SetError, match=r"sent to a:1 in line \d+ already"):
        send("/low", 1, to="a:1")
        send("/low", 2, to="a:1")


def test_a_midi_control_is_where_a_number_goes() -> None:
    with collecting() as graph:
        send(midi(cc=20, port="nanoKONTROL"), listen().low)
        send(midi(note=36, channel=10, port="Launchpad"), listen().kick > 0.5, light=True)
        send(midi(bend=True, port="synth"), 0)
        send(midi(aftertouch=60, port="synth"), 0)
        send(midi(program=True, port="synth"), 3)
    first, note, bend, pressure, program = graph.sends
    assert (first.address, first.to) == ("cc 20, channel 1", "MIDI nanokontrol")
    assert first.row == {
        "key": first.key, "count": 1, "by": "midi", "kind": "cc", "number": 20, "channel": 1,
        "port": "nanokontrol", "light": False,
    }  # fmt: skip
    assert (note.row["kind"], note.row["channel"], note.row["light"]) == ("note", 10, True)
    assert [(s.row["kind"], s.row["number"]) for s in (bend, pressure, program)] == [
        ("bend", None), ("pressure", 60), ("program", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("control", "given", "why"),
    [
        ({"cc": 20}, {}, "send 'cc 20, channel 1' needs the device: send(midi(cc=20, port="),
        ({"cc": 20, "port": "a"}, {"to": "a:1"}, "to is for OSC; a MIDI device is named by midi("),
        ({"cc": 20, "port": "a"}, {"light": True}, "light is for midi(note=...)"),
        ({"note": 2, "port": "a"}, {"light": 3}, "light is True or False, got the number 3"),
        ({"note": 2, "port": "a", "fall": 1}, {}, "fall and default are for what is heard"),
    ],
)
def test_a_midi_control_that_cannot_be_sent_to_is_refused(
    control: Any, given: Any, why: str
) -> None:
    with pytest.raises(SetError) as refused:
        send(midi(**control), 1, **given)
    assert why in str(refused.value)


def test_a_midi_control_takes_one_value_and_no_other_signal_is_one() -> None:
    with pytest.raises(SetError, match="takes 1 value at most, got 2"):
        send(midi(cc=1, port="a"), 1, 2)
    with pytest.raises(SetError, match="needs a number or a signal"):
        send(midi(cc=1, port="a"))
    with pytest.raises(SetError, match=r"needs an OSC address in quotes or a control, such as"):
        send(knob("hue"), 1, to="a:1")
    with pytest.raises(SetError, match="light is for midi"):
        send("/low", 1, to="a:1", light=True)
    with collecting(), pytest.raises(SetError, match=r"in line \d+ already; send one number"):
        send(midi(cc=1, port="a"), 1)
        send(midi(cc=1, port="A", channel=1), 2)
