"""Open Sound Control on the wire: what a datagram says, and how one is written.

Whoever can reach the port can send anything, so nothing here trusts a length or a type.
Types as in OSC 1.0 (https://opensoundcontrol.stanford.edu/spec-1_0.html), with those it calls
nonstandard.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

NUMBERS = {"i": ">i", "f": ">f", "h": ">q", "d": ">d", "r": ">I", "c": ">I"}
CONSTANTS = {"T": 1.0, "F": 0.0, "I": 1.0, "N": None}
BUNDLE = b"#bundle\0"
DEEPEST = 8
"""Bundles in bundles that are looked into."""
EPOCH = 2_208_988_800
"""Seconds from 1900, where time tags begin, to 1970 (RFC 868)."""
LARGEST = 3.4e38
"""Of numbers that are sent."""
AT_ONCE = 1
"""The time tag that means now."""


class Malformed(ValueError):
    """A datagram that is not OSC."""


class OscMessage(NamedTuple):
    """One message. An argument that is no finite number is None, and keeps its place."""

    address: str
    arguments: tuple[float | None, ...]
    due: float | None = None
    """When it is to happen, in seconds since 1970; None is at once."""


def messages(datagram: bytes, due: float | None = None, depth: int = 0) -> Iterator[OscMessage]:
    """The messages of a datagram, in order.

    Raises
    ------
    Malformed
        If it is not OSC; what came before the damage has been given by then.
    """
    if not datagram.startswith(BUNDLE):
        yield message(datagram, due)
        return
    if depth == DEEPEST:
        raise Malformed("bundles nested too deep")
    tag = _number(datagram, len(BUNDLE), ">Q")
    due = None if tag == AT_ONCE else tag / 2**32 - EPOCH
    at = 16
    while at < len(datagram):
        size = int(_number(datagram, at, ">i"))
        if size < 0 or at + 4 + size > len(datagram):
            raise Malformed("an element is longer than its bundle")
        yield from messages(datagram[at + 4 : at + 4 + size], due, depth + 1)
        at += 4 + size


def message(datagram: bytes, due: float | None = None) -> OscMessage:
    """A datagram, or an element of a bundle, that is one message."""
    address, at = _string(datagram, 0)
    if not address.startswith("/"):
        raise Malformed("no address")
    # Senders older than type tags leave them out where there are no arguments.
    tags, at = _string(datagram, at) if at < len(datagram) else (",", at)
    if not tags.startswith(","):
        raise Malformed("no type tags")
    arguments: list[float | None] = []
    for tag in tags[1:]:
        value: float | None = None
        if tag in NUMBERS:
            value = _number(datagram, at, NUMBERS[tag])
            at += struct.calcsize(NUMBERS[tag])
        elif tag in CONSTANTS:
            value = CONSTANTS[tag]
        elif tag == "t":
            value = _number(datagram, at, ">Q") / 2**32 - EPOCH
            at += 8
        elif tag == "m":
            _number(datagram, at, ">I")
            at += 4
        elif tag in "sS":
            _, at = _string(datagram, at)
        elif tag == "b":
            size = int(_number(datagram, at, ">i"))
            at += 4 + (size + 3) // 4 * 4
            if size < 0 or at > len(datagram):
                raise Malformed("a blob is longer than its message")
        elif tag in "[]":  # the elements of an array count one by one
            continue
        else:
            raise Malformed("an unknown type")
        arguments.append(value if value is not None and math.isfinite(value) else None)
    return OscMessage(address, tuple(arguments), due)


def packed(address: str, numbers: Sequence[float]) -> bytes:
    """A message of numbers, as floats of 32 bits; one that is too large for them is the largest."""
    kept = [min(max(number, -LARGEST), LARGEST) for number in numbers]
    tags = _text("," + "f" * len(kept))
    return _text(address) + tags + struct.pack(f">{len(kept)}f", *kept)


def _text(text: str) -> bytes:
    data = text.encode()
    return data + b"\0" * (4 - len(data) % 4)


def _number(datagram: bytes, at: int, form: str) -> float:
    if at + struct.calcsize(form) > len(datagram):
        raise Malformed("cut off")
    number: float = struct.unpack_from(form, datagram, at)[0]
    return number


def _string(datagram: bytes, at: int) -> tuple[str, int]:
    """A string that ends with a zero, and where the next multiple of four is."""
    end = datagram.find(b"\0", at)
    if end < 0:
        raise Malformed("a string without an end")
    return datagram[at:end].decode("utf-8", "replace"), end // 4 * 4 + 4
