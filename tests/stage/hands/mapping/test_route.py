"""A mapping is read from readable TOML; each mistake is one line with its place."""

from __future__ import annotations

import pytest

from livegan.stage.hands.mapping.route import (
    MappingError,
    Route,
    read_mapping,
    route_of,
    shown,
    wire_of,
    written,
)

WHOLE = """# the desk
[[map]]
knob = "hue"       # colour
cc = 21
channel = 3
port = "NanoKONTROL"
range = [1, 0.5]
curve = 2
glide = 0.2
feedback = true

[[map]]
pad = "hit"
note = 36

[[map]]
knob = "tilt"
osc = "/accxyz"
arg = 1
input = [-1, 1]

[[map]]
knob = "turn"
cc = 16
relative = "binary-offset"
steps = 40

[[map]]
knob = "fine"
nrpn = 1234
pickup = false
"""


def test_each_table_is_a_route_with_what_it_says_and_what_is_usual() -> None:
    hue, hit, tilt, turn, fine = read_mapping(WHOLE)
    assert hue == Route(
        "knob", "hue", "cc", 21, channel=3, port="nanokontrol", range=(1.0, 0.5), curve=2.0,
        glide=0.2, feedback=True, pickup=True, line=2,
    )  # fmt: skip
    assert hit == Route("pad", "hit", "note", 36, line=12)
    assert (tilt.address, tilt.arg, tilt.input, tilt.pickup) == ("/accxyz", 1, (-1.0, 1.0), False)
    assert (turn.relative, turn.steps, turn.pickup) == ("binary-offset", 40.0, False)
    assert (fine.number, fine.bits, fine.pickup) == (1234, 14, False)
    assert [route_of(wire_of(each)) for each in (hue, tilt)] == [hue, tilt]
    assert read_mapping("") == []


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("[[map]]\nknob = 'hue'\ncc = \n", 3, "this is not TOML: "),
        ("a = 1\n", 1, "write a table [[map]] for each control, not 'a'"),
        ("\n[map]\nknob = 'a'\n", 2, "write a table [[map]]"),
        ("[[map]]\ncc = 1\n", 1, "needs what it moves: knob = "),
        ("[[map]]\nknob = 'a'\n", 1, "needs the control that moves it"),
        ("[[map]]\nknob = 'a'\npad = 'b'\ncc = 1\n", 3, "one of knob and pad"),
        ("[[map]]\nknob = 'a'\ncc = 1\nnote = 2\n", 4, "one of cc and note"),
        ("[[map]]\nknob = 'a'\ncc = 128\n", 3, "cc is a whole number from 0 to 119, got 128"),
        ("[[map]]\nknob = 'a b'\ncc = 1\n", 2, "knob is a name in quotes, got 'a b'"),
        ("[[map]]\nknob = 'a'\n\ncc = 1\nrang = [0, 1]\n", 5, "did you mean 'range'?"),
        ("[[map]]\nknob = 'a'\ncc = 1\nrange = [1, 1]\n", 4, "range is two different numbers"),
        ("[[map]]\nknob = 'a'\ncc = 1\nrange = [0, nan]\n", 4, "range is two different numbers"),
        ("[[map]]\nknob = 'a'\ncc = 1\nchannel = 17\n", 4, "channel is a whole number from 1"),
        ("[[map]]\nknob = 'a'\ncc = 1\nrelative = 'both'\n", 4, 'relative is "twos-complement" or'),
        ("[[map]]\nknob = 'a'\ncc = 1\nsteps = 3\n", 4, "steps is for an encoder"),
        ("[[map]]\nknob = 'a'\ncc = 40\nbits = 14\n", 3, "a control of 14 bits is cc 0 to 31"),
        ("[[map]]\nknob = 'a'\nosc = '/a'\nport = 'b'\n", 4, "port is for a MIDI control"),
        ("[[map]]\nknob = 'a'\nosc = 'a'\n", 3, "osc is an address such as"),
        ("[[map]]\nknob = 'a'\ncc = 3\nfeedback = true\n", 4, "feedback needs port"),
        ("[[map]]\nscene = true\nnote = 3\n", 2, "scene is its number or name"),
        ("[[map]]\nscene = 'a'\nprogram = true\n", 2, "scene is true for a program"),
        ("[[map]]\nscene = 'a'\nnote = 3\nrange = [0, 1]\n", 4, "range is for a knob or a pad"),
        ("[[map]]\nknob = 'a'\nbend = 3\n", 3, "bend is true, got 3"),
        ("[[map]]\npad = 'a'\ncc = 3\nglide = 1\n", 4, "glide is for a knob"),
        ("[[map]]\nknob = 'a'\ncc = 1\n[[map]]\nknob = 'b'\ncc = true\n", 6, "got True"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_line_and_what_to_write(text: str, line: int, why: str) -> None:
    with pytest.raises(MappingError) as refused:
        read_mapping(text)
    assert why in str(refused.value) and refused.value.line == line
    assert "\n" not in str(refused.value)


def test_a_route_that_was_learnt_reads_as_it_was_written() -> None:
    control = {"cc": 7, "channel": 1, "port": 'My "desk" \\ 2', "input": [0.0, 127.0]}
    del control["input"]
    (route,) = read_mapping(written({"knob": "hue", **control}))
    assert (route.number, route.port) == (7, 'my "desk" \\ 2')
    assert shown(route) == 'cc 7, channel 1, my "desk" \\ 2'
    (osc,) = read_mapping(written({"pad": "hit", "osc": "/push", "arg": 2, "input": [-1.0, 1.0]}))
    assert shown(osc) == "/push, argument 2" and osc.input == (-1.0, 1.0)
