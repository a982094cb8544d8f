"""VBAN packets, as its specification has them, and what is no such packet."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.sound.network.vban import RATES, VbanError, VbanPacket, packed, unpacked
from livegan.sound.network.vban_receiving import AHEAD, VbanStream

STEREO = np.stack([np.linspace(-1, 1, 256), np.linspace(0.5, -0.5, 256)], axis=1).astype("f4")


def test_the_header_is_as_the_specification_has_it() -> None:
    data = packed("Stream1", 7, 48000, STEREO)
    assert data[:28] == b"VBAN\x03\xff\x01\x01Stream1" + bytes(9) + b"\x07\x00\x00\x00"
    assert len(data) == 28 + 256 * 2 * 2
    assert struct.unpack_from("<hh", data, 28) == (-32767, 16384)
    assert (RATES.index(44100), RATES.index(96000), len(RATES)) == (16, 4, 21)


def test_what_is_packed_is_unpacked() -> None:
    found = unpacked(packed("a name of 16 by!", 2**32 + 5, 44100, STEREO))
    assert (found.name, found.count, found.rate) == ("a name of 16 by!", 5, 44100)
    np.testing.assert_allclose(found.block, STEREO, atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (0, bytes([0, 192])),
        (1, struct.pack("<hh", -32768, 16384)),
        (2, b"\x00\x00\x80" + b"\x00\x00\x40"),
        (3, struct.pack("<ii", -(2**31), 2**30)),
        (4, struct.pack("<ff", -1, 0.5)),
        (5, struct.pack("<dd", -1, 0.5)),
    ],
    ids=range(6),
)
def test_all_types_of_numbers_are_heard(kind: int, body: bytes) -> None:
    head = struct.pack("<4sBBBB16sI", b"VBAN", 3, 1, 0, kind, b"x", 0)
    assert unpacked(head + body).block.tolist() == [[-1.0], [0.5]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no VBAN"),
        (b"RTP!" + bytes(60), "no VBAN"),
        (packed("x", 0, 48000, STEREO)[:-1], "cut off: 1023 of 1024 bytes"),
        (b"VBAN\x1f" + packed("x", 0, 48000, STEREO)[5:], "rate number 31"),
        (b"VBAN\x43" + packed("x", 0, 48000, STEREO)[5:], "text, serial"),
        (b"VBAN\x03\xff\x01\x11" + packed("x", 0, 48000, STEREO)[8:], "codec is number 1"),
        (b"VBAN\x03\xff\x01\x06" + packed("x", 0, 48000, STEREO)[8:], "10 or 12 bits"),
        (b"VBAN\x03\xff\xff\x01" + packed("x", 0, 48000, STEREO)[8:], "cut off"),
    ],
    ids=range(8),
)
def test_what_is_no_sound_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(VbanError, match=why):
        unpacked(data)


@given(st.binary(max_size=80).map(lambda rest: b"VBAN" + rest))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        found = unpacked(data)
    except VbanError:
        return
    assert np.isfinite(found.block).all()


def of(count: int, samples: int = 256, rate: int = 48000) -> VbanPacket:
    return VbanPacket("x", count, rate, np.full((samples, 1), count, np.float32))


def test_what_is_lost_leaves_its_place_and_may_come_later() -> None:
    stream = VbanStream()
    places = [stream.take(of(count), 0.0).at for count in (10, 11, 14, 13, 15, 12)]
    assert places == [0, 256, 1024, 768, 1280, 512]


def test_the_count_goes_on_over_its_end() -> None:
    stream = VbanStream()
    assert [stream.take(of(n % 2**32), 0.0).at for n in range(2**32 - 1, 2**32 + 2)] == [
        0,
        256,
        512,
    ]


def test_a_sender_that_begins_anew_or_changes_its_rate_has_another_epoch() -> None:
    stream = VbanStream()
    takes = [
        stream.take(each, 0.0) for each in (of(5000), of(5001), of(0), of(1), of(2, rate=44100))
    ]
    assert [take.epoch for take in takes] == [1, 1, 2, 2, 3]
    assert takes[-1].rate == 44100
    assert stream.take(of(3 + 2 * AHEAD, rate=44100), 0.0).epoch == 4


def test_packets_may_differ_in_length_and_channels() -> None:
    stream = VbanStream()
    blocks = [
        stream.take(of(0, 239), 0.0),
        stream.take(of(1, 34), 0.0),
        stream.take(of(2, 239), 0.0),
    ]
    assert [each.at for each in blocks] == [0, 239, 273]
    six = VbanPacket("x", 3, 48000, np.ones((10, 6), np.float32))
    assert stream.take(six, 0.0).block.shape == (10, 2)
