"""VBAN packets, after "VBAN Protocol Specifications", revision 11 (VB-Audio Software): pure.

28 bytes, little-endian: "VBAN"; 5 bits of an index of rates and 3 of the protocol (0 is sound);
samples less 1; channels less 1; 3 bits of the type of numbers, 1 that is 0, and 4 of the codec
(0 is PCM); a name of 16 bytes; a count of packets. Then the samples, channel by channel of each.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

HEADER = struct.Struct("<4sBBBB16sI")
RATES = (
    *(6000, 12000, 24000, 48000, 96000, 192000, 384000),
    *(8000, 16000, 32000, 64000, 128000, 256000, 512000),
    *(11025, 22050, 44100, 88200, 176400, 352800, 705600),
)
"""By index."""
SIZES = (1, 2, 3, 4, 4, 8)
"""Bytes of a number: uint8, int16, int24, int32, float32, float64."""
MOST = 1436
"""Bytes of sound in a packet, so that no router divides it."""
SAMPLES = 256
"""The most in a packet."""
INT16 = 1


class VbanError(ValueError):
    """A packet that is none, or one of another kind: why, in a few words."""


@dataclass(frozen=True)
class VbanPacket:
    """One packet of a stream: ``block`` is (n, channels), -1..1."""

    name: str
    count: int
    rate: int
    block: Array


def unpacked(data: bytes) -> VbanPacket:
    """A packet of sound; `VbanError` for what lies about its size, or is no PCM."""
    if len(data) < HEADER.size or data[:4] != b"VBAN":
        raise VbanError("it is no VBAN")
    _, rate, samples, channels, kind, name, count = HEADER.unpack_from(data)
    if rate >> 5:
        raise VbanError("it is VBAN text, serial data or a service, not sound")
    if rate >= len(RATES):
        raise VbanError(f"it has the rate number {rate}, of which there are {len(RATES)}")
    if kind >> 4:
        raise VbanError(f"its codec is number {kind >> 4}; livegan hears PCM only")
    if kind & 8 or (kind & 7) >= len(SIZES):
        raise VbanError("its numbers have 10 or 12 bits; send 16 or 24")
    size, values = SIZES[kind & 7], (samples + 1) * (channels + 1)
    body = data[HEADER.size :]
    if len(body) < size * values:
        raise VbanError(f"it is cut off: {len(body)} of {size * values} bytes")
    floats = _floats(np.frombuffer(body[: size * values], np.uint8), kind & 7)
    text = name.split(b"\0")[0].decode("utf-8", "replace")
    return VbanPacket(text, count, RATES[rate], floats.reshape(samples + 1, channels + 1))


def _floats(body: NDArray[np.uint8], kind: int) -> Array:
    if kind == 0:
        return np.asarray((body.astype(np.float32) - 128) / 128, np.float32)
    if kind == 2:
        whole = np.zeros((len(body) // 3, 4), np.uint8)
        whole[:, 1:] = body.reshape(-1, 3)
        return np.asarray(whole.view("<i4")[:, 0] / 2**31, np.float32)
    if kind in (1, 3):
        width = 8 * SIZES[kind]
        return np.asarray(body.view(f"<i{SIZES[kind]}") / 2 ** (width - 1), np.float32)
    values = body.view("<f4" if kind == 4 else "<f8")
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.clip(finite, -16.0, 16.0), np.float32)


def packed(name: str, count: int, rate: int, block: Array) -> bytes:
    """A packet of (n, channels) samples as 16-bit numbers, n up to `SAMPLES`."""
    samples, channels = block.shape
    head = HEADER.pack(
        b"VBAN",
        RATES.index(rate),
        samples - 1,
        channels - 1,
        INT16,
        name.encode()[:16],
        count % 2**32,
    )
    whole = np.rint(np.clip(block, -1.0, 1.0) * 32767).astype("<i2")
    return head + whole.tobytes()
