"""OSC on the wire: every type is read, and nothing that is sent does harm."""

from __future__ import annotations

import contextlib
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.hands.osc_packet import Malformed, messages
from tests.stage.hands.osc import bundle, fader, message

FREQUENCY = bytes.fromhex("2f6f7363696c6c61746f722f342f6672657175656e637900 2c660000 43dc0000")
"""The example of the specification: /oscillator/4/frequency with the float 440."""


@pytest.mark.parametrize(
    ("datagram", "arguments"),
    [
        (message("/a", "i", struct.pack(">i", -7)), (-7,)),
        (message("/a", "d", struct.pack(">d", 0.25)), (0.25,)),
        (message("/a", "h", struct.pack(">q", 2**40)), (2**40,)),
        (message("/a", "TFIN"), (1.0, 0.0, 1.0, None)),
        (message("/a", "c", struct.pack(">I", 65)), (65,)),
        (message("/a", "r", b"\xff\x80\0\xff"), (0xFF8000FF,)),
        (message("/a", "mf", b"\0\x90\x40\x7f" + struct.pack(">f", 0.5)), (None, 0.5)),
        (message("/a", "t", struct.pack(">Q", 2_208_988_801 << 32)), (1.0,)),
        (message("/a", "sf", b"on\0\0" + struct.pack(">f", 0.5)), (None, 0.5)),
        (message("/a", "Sf", b"four\0\0\0\0" + struct.pack(">f", 0.5)), (None, 0.5)),
        (message("/a", "bi", struct.pack(">i3sxi", 3, b"xyz", 2)), (None, 2)),
        (message("/a", "[if]i", struct.pack(">ifi", 1, 0.5, 3)), (1, 0.5, 3)),
        (message("/a", "ff", struct.pack(">ff", float("nan"), 1.0)), (None, 1.0)),
        (message("/a", ""), ()),
        (b"/a\0\0", ()),
    ],
)
def test_every_type_is_read_and_keeps_its_place(
    datagram: bytes, arguments: tuple[float | None, ...]
) -> None:
    assert [(m.address, m.arguments, m.due) for m in messages(datagram)] == [
        ("/a", arguments, None)
    ]


def test_the_example_of_the_specification_is_read() -> None:
    (only,) = messages(FREQUENCY)
    assert (only.address, only.arguments) == ("/oscillator/4/frequency", (440.0,))


def test_bundles_give_their_messages_the_time_of_the_innermost() -> None:
    nested = bundle(fader(1, "/a"), bundle(fader(0, "/b"), at=2000.5), at=1000.25)
    assert [(m.address, m.due) for m in messages(nested)] == [("/a", 1000.25), ("/b", 2000.5)]
    assert [m.due for m in messages(bundle(fader(1)))] == [None]


@pytest.mark.parametrize("end", range(1, len(FREQUENCY)))
def test_what_is_cut_off_is_malformed_or_has_no_arguments(end: int) -> None:
    with contextlib.suppress(Malformed):
        assert [m.arguments for m in messages(FREQUENCY[:end])] == [()]


@pytest.mark.parametrize("begin", [b"", b"/a\0\0", b"#bundle\0", b"/a\0\0,bsif\0\0\0"])
@given(rest=st.binary(max_size=200))
def test_any_bytes_at_all_are_numbers_or_malformed(begin: bytes, rest: bytes) -> None:
    with contextlib.suppress(Malformed):
        for each in messages(begin + rest):
            assert each.address.startswith("/")
            assert all(a is None or math.isfinite(a) for a in each.arguments)


def test_a_bundle_that_is_all_bundles_is_not_followed_for_ever() -> None:
    nested = FREQUENCY
    for _ in range(100):
        nested = bundle(nested)
    with pytest.raises(Malformed, match="nested too deep"):
        list(messages(nested))


@pytest.mark.parametrize("size", [-1, -(2**31), 2**31 - 1])
def test_a_length_that_lies_is_malformed(size: int) -> None:
    for wrong in (
        message("/a", "b", struct.pack(">i", size)),
        b"#bundle\0" + bytes(8) + struct.pack(">i", size) + b"/a\0\0",
    ):
        with pytest.raises(Malformed):
            list(messages(wrong))
