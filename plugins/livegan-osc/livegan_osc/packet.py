"""Open Sound Control 1.0 on the wire: what a datagram says, as addresses and numbers.

Whoever can reach the port can send anything, so nothing here trusts a length or a type.
The specification is at https://opensoundcontrol.stanford.edu/spec-1_0.html
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

NUMBERS = {"i": ">i", "f": ">f", "h": ">q", "d": ">d"}
WITHOUT_DATA = {"T": 1.0, "F": 0.0, "I": 1.0, "N": None}
SKIPPED = {"c": 4, "r": 4, "m": 4, "t": 8}
BUNDLE = b"#bundle\0"
DEEPEST = 8
"""Bundles in bundles that are looked into."""


class Malformed(ValueError):
    """A datagram that is not OSC."""


def numbers(datagram: bytes, depth: int = 0) -> Iterator[tuple[str, float]]:
    """(address, value) of each message in a datagram that has a finite number as first argument.

    True is 1, False 0. Time tags of bundles are not waited for: a fader is where it is now.

    Raises
    ------
    Malformed
        If it is not OSC; what came before the damage has been given by then.
    """
    if datagram.startswith(BUNDLE):
        if depth == DEEPEST:
            raise Malformed("bundles nested too deep")
        at = 16
        while at < len(datagram):
            size = _int(datagram, at)
            if size < 0 or at + 4 + size > len(datagram):
                raise Malformed("an element is longer than its bundle")
            yield from numbers(datagram[at + 4 : at + 4 + size], depth + 1)
            at += 4 + size
        return
    address, at = _string(datagram, 0)
    if not address.startswith("/"):
        raise Malformed("no address")
    tags, at = _string(datagram, at) if at < len(datagram) else (",", at)
    if not tags.startswith(","):
        raise Malformed("no type tags")
    for tag in tags[1:]:
        value: float | None = None
        if tag in NUMBERS:
            length = struct.calcsize(NUMBERS[tag])
            if at + length > len(datagram):
                raise Malformed("cut off")
            value = float(struct.unpack_from(NUMBERS[tag], datagram, at)[0])
            at += length
        elif tag in WITHOUT_DATA:
            value = WITHOUT_DATA[tag]
        elif tag in SKIPPED:
            at += SKIPPED[tag]
        elif tag in "sS":
            _, at = _string(datagram, at)
        elif tag == "b":
            at += 4 + (max(0, _int(datagram, at)) + 3) // 4 * 4
        elif tag not in "[]":
            raise Malformed("an unknown type")
        if value is not None and math.isfinite(value):
            yield address, value
            return


def _int(datagram: bytes, at: int) -> int:
    if at + 4 > len(datagram):
        raise Malformed("cut off")
    return int(struct.unpack_from(">i", datagram, at)[0])


def _string(datagram: bytes, at: int) -> tuple[str, int]:
    """An ASCII string that ends with a zero, and where the next multiple of four is."""
    end = datagram.find(b"\0", at)
    if end < 0:
        raise Malformed("a string without an end")
    try:
        return datagram[at:end].decode("ascii"), end // 4 * 4 + 4
    except UnicodeDecodeError:
        raise Malformed("a string that is not ASCII") from None
