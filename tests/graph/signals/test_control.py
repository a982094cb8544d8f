"""Knobs, pads, MIDI and OSC in a set: what they are worth, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from livegan.graph.graph import collecting
from livegan.graph.place import SetError
from livegan.graph.signals.reading import Reading, number
from livegan.ipc.control_table import Control
from livegan.live import gamepad, knob, listen, midi, osc, pad
from livegan.plugin import Now


def at(time: float = 10.0, dt: float = 0.04, **_: Any) -> Reading:
    return Reading(Now(time=time, dt=dt, bpm=120))


def heard(
    controls: dict[str, float | tuple[float, float]], time: float = 10.0, dt: float = 0.04
) -> Reading:
    """A frame at a time with controls: a value, set just now, or (value, when)."""
    reading = at(time, dt)
    reading.controls = {
        name: Control(*(given if isinstance(given, tuple) else (given, time)), serial=1)
        for name, given in controls.items()
    }
    return reading


def test_a_knob_stands_at_its_default_until_it_is_turned() -> None:
    hue = knob("hue", 0.3, 0, 1, "colour of the city")
    assert number(hue, at()) == 0.3
    assert number(hue, heard({"knob/hue": 0.75})) == 0.75
    assert number(0.5 * hue + 1, heard({"knob/hue": 0.5})) == 1.25


def test_an_edit_of_its_default_or_range_keeps_where_it_was_turned() -> None:
    turned = heard({"knob/hue": 0.75})
    assert number(knob("hue", 0.1), turned) == 0.75
    assert number(knob("hue", 0.1, 0, 0.5), turned) == 0.5
    assert number(knob("hue", -0.5, -1, 0.5), at()) == -0.5


def test_a_knob_is_smoothed_like_any_signal() -> None:
    hue = knob("hue").smooth(0.5)
    reading = heard({"knob/hue": 0.0}, dt=0.5)
    assert number(hue, reading) == 0.0
    after = heard({"knob/hue": 1.0}, dt=0.5)
    after.memory = reading.memory
    assert number(hue, after) == pytest.approx(1 - math.exp(-1))


def test_a_pad_jumps_and_falls_by_the_clock() -> None:
    hit = pad("hit", fall=0.4)
    assert number(hit, at()) == 0.0
    assert number(hit, heard({"pad/hit": (0.8, 10.0)}, 10.0)) == 0.8
    assert number(hit, heard({"pad/hit": (0.8, 9.6)}, 10.0)) == pytest.approx(0.8 * math.exp(-1))
    ahead = heard({"pad/hit": (0.8, 10.01)}, 10.0)
    assert number(hit, ahead) == 0.8, "struck after the sound of this frame"
    assert number(hit, heard({"pad/hit": (7.0, 10.0)}, 10.0)) == 1.0


def test_a_pad_without_a_fall_is_seen_in_the_frame_in_which_it_was_struck() -> None:
    hit = pad("hit", fall=0)
    assert number(hit, heard({"pad/hit": (1.0, 9.97)}, 10.0, dt=0.04)) == 1.0
    assert number(hit, heard({"pad/hit": (1.0, 9.9)}, 10.0, dt=0.04)) == 0.0


def test_a_controller_is_heard_on_all_channels_and_devices_and_what_moved_last_counts() -> None:
    moved = {
        "midi/nanoKONTROL2/1/cc 7": (0.25, 4.0),
        "midi/nanoKONTROL2/2/cc 7": (0.5, 5.0),
        "midi/Launch/Control XL/1/cc 7": (0.75, 6.0),
        "midi/nanoKONTROL2/1/cc 77": (1.0, 9.0),
    }
    reading = heard(moved)
    assert number(midi(cc=7), reading) == 0.75
    assert number(midi(cc=7, channel=2), reading) == 0.5
    assert number(midi(cc=7, port="NANOkontrol"), reading) == 0.5
    assert number(midi(cc=7, port="nanoKONTROL", channel=1), reading) == 0.25
    assert number(midi(cc=7, port="Launch/Control"), reading) == 0.75
    assert number(midi(cc=8, default=0.3), reading) == 0.3
    assert number(midi(cc=77), reading) == 1.0


def test_a_controller_that_appears_later_is_found() -> None:
    fader = midi(cc=7)
    reading = at()
    assert number(fader, reading) == 0.0
    later = heard({"midi/nano/1/cc 7": 0.5, "knob/hue": 1.0})
    later.memory = reading.memory
    assert number(fader, later) == 0.5


def test_a_key_is_its_velocity_while_it_is_held_and_falls_after_that() -> None:
    key, slow = midi(note=36), midi(note=36, fall=0.5)
    held = heard({"midi/nano/1/note 36": (0.8, 9.0), "midi/nano/1/hit 36": (0.8, 9.0)})
    assert number(key, held) == number(slow, held) == 0.8
    released = heard({"midi/nano/1/note 36": (0.0, 9.5), "midi/nano/1/hit 36": (0.8, 9.0)})
    assert number(key, released) == 0.0
    assert number(slow, released) == pytest.approx(0.8 * math.exp(-1))


def test_a_key_that_was_struck_and_released_between_two_frames_is_seen() -> None:
    blow = heard({"midi/nano/1/note 36": (0.0, 9.99), "midi/nano/1/hit 36": (0.8, 9.98)})
    assert number(midi(note=36), blow) == 0.8


def test_bend_aftertouch_and_program_are_controls_of_their_own() -> None:
    sent = heard(
        {
            "midi/keys/1/bend": -0.5,
            "midi/keys/1/pressure": 0.25,
            "midi/keys/1/pressure 60": 0.75,
            "midi/keys/1/program": 12.0,
        }
    )
    assert number(midi(bend=True), sent) == -0.5
    assert number(midi(aftertouch=True), sent) == 0.25
    assert number(midi(aftertouch=60), sent) == 0.75
    assert number(midi(program=True), sent) == 12.0


def test_an_address_is_the_number_that_came_to_it_held_in_its_range() -> None:
    tilt = osc("/accxyz", arg=1, low=-1, high=1)
    assert number(tilt, at()) == 0.0
    assert number(tilt, heard({"osc/accxyz#0": 0.5, "osc/accxyz#1": -0.25})) == -0.25
    assert number(tilt, heard({"osc/accxyz#1": -9.81})) == -1.0
    assert number(osc("/accxyz", 1), heard({"osc/accxyz#1": -9.81})) == -9.81
    assert number(osc("/a", default=0.5), at()) == 0.5


def test_a_set_declares_what_it_listens_to() -> None:
    with collecting() as graph:
        knob("hue", 0.3, 0, 2, "colour")
        knob("hue", 0.3, 0, 2)
        pad("hit")
        midi(cc=1)
        midi(cc=2)
        osc("/a", 2)
    assert list(graph.controls) == ["knob/hue", "pad/hit", "midi", "osc/a#2"]
    hue = graph.controls["knob/hue"]
    assert (hue.default, hue.low, hue.high, hue.doc) == (0.3, 0.0, 2.0, "colour")


def test_one_name_has_one_meaning() -> None:
    with collecting():
        knob("hue", 0.3)
        with pytest.raises(SetError, match=r"knob 'hue' was given another default or range"):
            knob("hue", 0.4)
        with pytest.raises(SetError, match="'hue' is a knob and a pad; rename one of them"):
            pad("hue")


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: knob(0.3), "knob needs a name in quotes, got the number 0.3"),
    (lambda: knob("a b"), "knob: a name is one word of 60 characters at most"),
    (lambda: knob("hue=1"), "and brackets, got 'hue=1'"),
    (lambda: knob("a" * 61), "60 characters at most"),
    (lambda: knob("hue", 2), "knob 'hue': default goes from 0 to 1, got 2"),
    (lambda: knob("hue", 0, 1, 1), "knob 'hue': low is less than high, got 1 and 1"),
    (lambda: knob("hue", listen().low), "default is a fixed number and cannot follow a signal"),
    (lambda: knob("hue", "red"), "knob 'hue': default is a number, got the text 'red'"),
    (lambda: knob("hue", math.nan), "default is a finite number, got nan"),
    (lambda: knob("hue", 0, 0, 1, 5), "doc is a text in quotes"),
    (lambda: pad("hit", fall=-1), "pad: fall takes a fixed number of seconds, 0 or more"),
    (lambda: midi(), "midi takes one of cc=, note=, bend=, aftertouch=, program=, got none"),
    (lambda: gamepad(), "gamepad takes one of axis= and button=, got none of them"),
    (lambda: gamepad(axis=0, button=1), "got both"),
    (lambda: gamepad(axis=-1), "gamepad: axis is a whole number from 0 to 63, got -1"),
    (lambda: gamepad(button=1, name=2), "gamepad: name is a part of the gamepad's name in quotes"),
    (lambda: gamepad(axis=1, dead=1), "gamepad: dead goes from 0 to below 1, got 1"),
    (lambda: gamepad(axis=1, fall=1), "only button= falls; write gamepad"),
    (lambda: midi(cc=1, note=2), "got cc and note"),
    (lambda: midi(cc=128), "midi: cc is a whole number from 0 to 127, got 128"),
    (lambda: midi(cc=1.5), "whole number from 0 to 127, got 1.5"),
    (lambda: midi(cc=True), "midi: cc is a whole number from 0 to 127, got True"),
    (lambda: midi(note=math.nan), "midi: note is a whole number"),
    (lambda: midi(bend=2), "midi: bend is True or False, got the number 2"),
    (lambda: midi(cc=1, channel=0), "midi: channel is a whole number from 1 to 16, got 0"),
    (lambda: midi(cc=1, port=""), "port is a part of the device's name in quotes"),
    (lambda: midi(cc=1, fall=0.2), r"only note= falls; write midi\(cc=...\).fall\(0.2\)"),
    (lambda: osc(5), "osc needs an address in quotes, got the number 5"),
    (lambda: osc("1/fader1"), "an address begins with a slash"),
    (lambda: osc("/fader*"), "'\\*' cannot be in an address, got '/fader\\*'"),
    (lambda: osc("/ä"), "'ä' cannot be in an address"),
    (lambda: osc("/" + "a" * 200), "100 characters at most"),
    (lambda: osc("/a", arg=-1), "osc: arg is a whole number from 0 to 63, got -1"),
    (lambda: osc("/a", low=1, high=0), "osc '/a': low is less than high, got 1 and 0"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_what_cannot_be_meant_is_refused_in_a_line(wrong: Callable[[], Any], said: str) -> None:
    with pytest.raises(SetError, match=said) as refused:
        wrong()
    assert "\n" not in refused.value.message
