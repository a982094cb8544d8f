"""OSC as senders write it, for tests."""

from __future__ import annotations

import struct

from livegan.stage.hands.osc_packet import EPOCH


def padded(raw: bytes) -> bytes:
    return raw + b"\0" * (4 - len(raw) % 4)


def message(address: str, tags: str = "", data: bytes = b"") -> bytes:
    return padded(address.encode()) + padded(f",{tags}".encode()) + data


def fader(value: float, address: str = "/1/fader1") -> bytes:
    return message(address, "f", struct.pack(">f", value))


def bundle(*elements: bytes, at: float | None = None) -> bytes:
    tag = 1 if at is None else round((at + EPOCH) * 2**32)
    sized = b"".join(struct.pack(">i", len(e)) + e for e in elements)
    return b"#bundle\0" + struct.pack(">Q", tag) + sized
