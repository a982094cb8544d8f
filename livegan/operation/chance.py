"""Chance that depends on nothing but its arguments, so a rehearsal repeats a show."""

from __future__ import annotations

import hashlib
from typing import Any


def hashed(*parts: Any) -> float:
    """A number in 0..1 that depends on nothing but its arguments."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2.0**64


def generator(seed: int, name: str, time: float) -> Any:
    """A numpy random generator that depends on nothing but its arguments."""
    import numpy as np

    return np.random.default_rng(int(hashed(seed, name, time) * 2**53))
