"""Finds out which control was moved while a knob or pad is learnt. Pure, with the clock given.

A message alone is not a movement: a control that sends all the time is left out, and a controller
has to travel, or to send what only an encoder sends.
"""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any, Literal

from livegan.control_names import OSC
from livegan.stage.hands.mapping.dial import FINE, NRPN, place_of

STREAM = 1.0
"""Seconds before it was asked: what sent something then may send all the time."""
PAUSE = 0.5
"""Seconds after which what rested and moves again is a hand."""
MOST_NAMES = 10_000
TRAVEL = 12 / 127
"""A controller that moved so far was moved by a hand; less may be noise."""
TURNS = 3
"""Messages of one controller that are a movement."""
SELECTS = tuple(f"cc {number}" for number, part in NRPN.items() if part in ("high", "low"))
"""Controllers that say which NRPN is meant, and move nothing."""


class MovementFinder:
    """Watches messages; `want` makes it say which control comes next."""

    def __init__(self) -> None:
        self.kind: Literal["knob", "pad"] | None = None
        """What is learnt at the moment."""
        self._last: dict[str, float] = {}
        self._streams: set[str] = set()
        self._seen: dict[str, deque[float]] = {}

    def want(self, kind: Literal["knob", "pad"] | None, now: float) -> None:
        """Learn for a knob or a pad, or no longer. ``now`` is in seconds."""
        self.kind, self._seen = kind, {}
        self._streams = {name for name, at in self._last.items() if now - at < STREAM}

    def take(self, name: str, value: float, now: float) -> dict[str, Any] | None:
        """A message came: what a ``[[map]]`` says of its control, once it is clear."""
        if len(self._last) > MOST_NAMES:
            self._last.clear()
        before, self._last[name] = self._last.get(name, now), now
        if self.kind is None:
            return None
        if name in self._streams:
            if now - before < PAUSE:
                return None
            self._streams.discard(name)  # it was a hand
        found = self._osc(name, value) if name.startswith(f"{OSC}/") else self._midi(name, value)
        if found is not None:
            self.kind = None
        return found

    @staticmethod
    def _osc(name: str, value: float) -> dict[str, Any] | None:
        address, _, argument = name[len(OSC) :].rpartition("#")
        found: dict[str, Any] = {"osc": address}
        if any(c in " #*,?[]{}" for c in address) or not 1 < len(address) <= 100:
            return None
        if argument != "0":
            found["arg"] = int(argument)
        if not 0 <= value <= 1:  # its ends are a guess that the file shows
            found["input"] = [-1.0, 1.0] if abs(value) <= 1 else [0.0, 127.0]
        return found

    def _midi(self, name: str, value: float) -> dict[str, Any] | None:
        where = place_of(name)
        if where is None:
            return None
        port, channel, what = where
        word, _, number = what.partition(" ")
        place: dict[str, Any] = {"channel": channel, "port": port}
        if word == "note" and value > 0:
            return {"note": int(number), **place}
        if word == "bend" and abs(value) > TRAVEL:
            return {"bend": True, **place}
        if word == "program":
            return {"program": True, **place}
        if word != "cc":
            return None
        seen = self._seen.setdefault(name, deque(maxlen=8))
        seen.append(value)
        if what in SELECTS:
            return None
        if self.kind == "pad":
            return {"cc": int(number), **place} if value > 0 else None
        relative = encoder([round(each * 127) for each in seen])
        if relative:
            return {"cc": int(number), "relative": relative, **place}
        if max(seen) - min(seen) <= TRAVEL and len(set(seen)) < TURNS:
            return None
        before = name.rpartition("/")[0]
        selected = [each for s in SELECTS if (each := self._seen.get(f"{before}/{s}"))]
        if int(number) in NRPN and len(selected) == len(SELECTS):
            high, low = (round(each[-1] * 127) for each in selected)
            return {"nrpn": 128 * high + low, **place}
        coarse = int(number) - FINE if FINE <= int(number) < 2 * FINE else int(number)
        parts = [f"{before}/cc {each}" for each in (coarse, coarse + FINE)]
        if coarse < FINE and all(part in self._seen for part in parts):
            return {"cc": coarse, "bits": 14, **place}
        return {"cc": int(number), **place}


REGIONS = {
    "up": range(1, 8),
    "below": range(57, 64),
    "above": range(65, 72),
    "down": range(121, 128),
}
"""The bytes that encoders send for a few steps."""
ENCODERS = {("down", "up"): "twos-complement", ("above", "up"): "sign-magnitude"}
"""By the regions between which an encoder jumps when it is turned back."""


def encoder(bytes_: list[int]) -> str:
    """How an encoder that sends these bytes says its steps, one of `RELATIVE`; empty for a fader.

    A fader never sends the same byte twice, and does not jump. Who turns an encoder in one
    direction only may mean two of them: the most usual is taken.
    """
    found = [next((name for name, span in REGIONS.items() if b in span), "") for b in bytes_]
    regions = tuple(sorted(set(found)))
    if regions in ENCODERS:
        return ENCODERS[regions]
    repeats = sum(a == b for a, b in itertools.pairwise(bytes_))
    if repeats + 1 < TURNS or "" in regions or len(regions) > 2:
        return ""
    if regions in (("up",), ("down",)):
        return "twos-complement"
    return "binary-offset" if set(regions) <= {"above", "below"} else ""
