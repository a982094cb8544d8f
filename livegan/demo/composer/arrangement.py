"""The order of events: quiet intro, groove, break and build, everything, farewell."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Passage:
    """A section in bars, and what plays in it (levels 0..1, 0 is silent)."""

    name: str
    energy: float
    brightness: float
    kick: float = 0.0
    snare: float = 0.0
    hats: float = 0.0
    variation: int = 0
    bass: float = 0.0
    pad: float = 0.0
    lead: float = 0.0
    arpeggio: float = 0.0
    swell: bool = False
    build: bool = False
    crash: bool = False
    start: int = 0
    bars: int = 8


PARTS: dict[str, Passage] = {
    part.name: part
    for part in (
        Passage("intro", 0.2, 0.15, pad=0.6, lead=0.35, swell=True),
        Passage("groove", 0.6, 0.35, kick=1, hats=0.6, bass=0.8, pad=0.35, arpeggio=0.5),
        Passage(
            "verse", 0.7, 0.4, kick=1, snare=1, hats=0.8, bass=1, pad=0.4, lead=0.6, crash=True
        ),
        Passage("break", 0.3, 0.2, pad=0.9, lead=0.6, arpeggio=0.35, swell=True),
        Passage("build", 0.5, 0.35, pad=0.8, hats=0.4, arpeggio=0.7, swell=True, build=True),
        Passage(
            "full", 1.0, 0.7, kick=1, snare=1, hats=1, variation=1, bass=1, pad=0.8, lead=0.9,
            arpeggio=0.8, crash=True,
        ),
        Passage("outro", 0.3, 0.2, kick=0.8, hats=0.4, pad=0.6, crash=True),
    )
}  # fmt: skip

ORDERS: dict[int, tuple[str, ...]] = {
    1: ("full",),
    2: ("intro", "full"),
    3: ("intro", "verse", "full"),
    4: ("intro", "verse", "break", "full"),
    5: ("intro", "groove", "full", "break", "full"),
    6: ("intro", "groove", "verse", "break", "full", "outro"),
    7: ("intro", "groove", "verse", "break", "full", "full", "outro"),
}


def arrange(bars: int, *, drums: bool) -> list[Passage]:
    """Parts that fill ``bars`` bars, of eight bars where the song is long enough, else fewer.

    A break before a full section ends in a build of its own where there are drums.
    """
    size = 8 if bars >= 24 else 4 if bars >= 12 else 2 if bars >= 4 else bars
    count = max(1, -(-bars // size))
    order = list(ORDERS.get(count, ()))
    if not order:  # long: rounds of tension and release between a first and a last part
        cycle = ("verse", "full", "break", "full", "groove", "verse")
        middle = [cycle[k % len(cycle)] for k in range(count - 3)]
        order = ["intro", "groove", *middle, "outro"]
    parts: list[Passage] = []
    at = 0
    for k, name in enumerate(order):
        length = min(size, bars - at)
        if length <= 0:
            break
        after = order[k + 1] if k + 1 < len(order) else ""
        if drums and name in ("break", "intro") and after in ("full", "verse") and length >= 4:
            half = length // 2
            parts.append(replace(PARTS[name], start=at, bars=half))
            parts.append(replace(PARTS["build"], start=at + half, bars=length - half))
        else:
            parts.append(replace(PARTS[name], start=at, bars=length))
        at += length
    return parts
