"""Faders move numbers; whatever else comes to the port moves nothing."""

from __future__ import annotations

import contextlib
import logging
import math
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livegan_osc import Osc
from livegan_osc.packet import Malformed, numbers
from livegan_osc.receiver import ADDRESSES, Receiver, receiver

from livegan.plugin import Now
from livegan.testing import conformance

test_osc = conformance("livegan-osc")

FREQUENCY = bytes.fromhex("2f6f7363696c6c61746f722f342f6672657175656e637900 2c660000 43dc0000")
"""The example of the specification: /oscillator/4/frequency with the float 440."""


def message(address: str, tags: str, data: bytes = b"") -> bytes:
    def padded(text: str) -> bytes:
        raw = text.encode("ascii") + b"\0"
        return raw + b"\0" * (-len(raw) % 4)

    return padded(address) + padded("," + tags) + data


def bundle(*elements: bytes) -> bytes:
    return b"#bundle\0" + bytes(8) + b"".join(struct.pack(">i", len(e)) + e for e in elements)


@pytest.mark.parametrize(
    ("datagram", "said"),
    [
        (FREQUENCY, [("/oscillator/4/frequency", 440.0)]),
        (message("/a", "i", struct.pack(">i", -7)), [("/a", -7.0)]),
        (message("/a", "d", struct.pack(">d", 0.25)), [("/a", 0.25)]),
        (message("/a", "h", struct.pack(">q", 2**40)), [("/a", 2.0**40)]),
        (message("/a", "T"), [("/a", 1.0)]),
        (message("/a", "sf", b"on\0\0" + struct.pack(">f", 0.5)), [("/a", 0.5)]),
        (message("/a", "bi", struct.pack(">i3sxi", 3, b"xyz", 2)), [("/a", 2.0)]),
        (message("/a", "f", struct.pack(">f", float("nan"))), []),
        (message("/a", ""), []),
        (bundle(message("/a", "T"), bundle(message("/b", "F"))), [("/a", 1.0), ("/b", 0.0)]),
    ],
)  # fmt: skip
def test_what_a_datagram_says(datagram: bytes, said: list[tuple[str, float]]) -> None:
    assert list(numbers(datagram)) == said


@pytest.mark.parametrize("end", range(1, len(FREQUENCY)))
def test_what_is_cut_off_is_malformed_or_says_nothing(end: int) -> None:
    with contextlib.suppress(Malformed):
        assert list(numbers(FREQUENCY[:end])) == []


BEGINS = (b"", b"/a\0\0", b"#bundle\0", b"/a\0\0,bsif\0\0\0")


@given(st.sampled_from(BEGINS), st.binary(max_size=200))
def test_any_bytes_at_all_are_numbers_or_malformed(begin: bytes, rest: bytes) -> None:
    with contextlib.suppress(Malformed):
        for address, value in numbers(begin + rest):
            assert address.startswith("/") and math.isfinite(value)


def test_a_bundle_that_is_all_bundles_is_not_followed_for_ever() -> None:
    nested = FREQUENCY
    for _ in range(100):
        nested = bundle(nested)
    with pytest.raises(Malformed):
        list(numbers(nested))


@pytest.fixture
def port() -> int:
    """One that is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def wire() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        yield made


def fader(value: float, address: str = "/1/fader1") -> bytes:
    return message(address, "f", struct.pack(">f", value))


def test_a_fader_moves_its_signal_and_no_other(port: int, wire: socket.socket) -> None:
    one = Osc(address="/1/fader1", start=0.25, port=port, host="127.0.0.1")
    two = Osc(address="/1/fader2", start=0.0, port=port, host="127.0.0.1")
    assert one.receiver is two.receiver
    assert one.value(glide=0.0, now=Now(time=1.0)) == 0.25
    for datagram in (b"", b"\xff" * 70, b"/", fader(float("inf")), fader(0.75), FREQUENCY[:30]):
        wire.sendto(datagram, ("127.0.0.1", port))
    assert one.value(glide=0.0, now=Now(time=1.1)) == 0.75
    assert two.value(glide=0.0, now=Now(time=1.1)) == 0.0
    assert one.receiver.refused == 4


def test_it_glides_by_the_clock(port: int, wire: socket.socket) -> None:
    once = Osc(address="/1/fader1", start=0.0, port=port, host="127.0.0.1")
    often = Osc(address="/1/fader1", start=0.0, port=port, host="127.0.0.1")
    for each in (once, often):
        each.value(glide=0.5, now=Now(time=1.0))
    wire.sendto(fader(1.0), ("127.0.0.1", port))
    for frame in range(1, 11):
        steps = often.value(glide=0.5, now=Now(time=1 + frame / 20))
    assert steps == pytest.approx(once.value(glide=0.5, now=Now(time=1.5)))
    assert steps == pytest.approx(0.632, abs=0.001)


def test_a_port_that_is_taken_is_said_once_and_tried_again(
    port: int, wire: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        mine = Receiver("127.0.0.1", port)
        with caplog.at_level(logging.WARNING):
            for _ in range(5):
                assert mine.look() == {}
                mine._next_try = 0.0
        assert [r.message for r in caplog.records] == [caplog.records[0].message]
        assert f"OSC port {port} on 127.0.0.1 cannot be opened" in caplog.text
    mine.look()
    wire.sendto(fader(0.5), ("127.0.0.1", port))
    assert mine.look() == {"/1/fader1": 0.5}
    mine.close()


def test_a_flood_of_addresses_is_not_remembered(port: int, wire: socket.socket) -> None:
    mine = Receiver("127.0.0.1", port)
    mine.look()
    for start in range(0, 2 * ADDRESSES, 64):
        flood = bundle(*(fader(1.0, f"/{each}") for each in range(start, start + 64)))
        wire.sendto(flood, ("127.0.0.1", port))
        mine.look()
    assert len(mine.values) == ADDRESSES
    mine.close()


def test_the_port_is_free_again_when_the_last_fader_is_gone(port: int) -> None:
    one = Osc(address="/a", start=0.0, port=port, host="127.0.0.1")
    one.value(glide=0.0, now=Now())
    del one
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
    assert receiver("127.0.0.1", port).values == {}
