"""Styles: what a song is made of, as rows of data.

A drum pattern is a bar of sixteen steps: ``x`` a stroke, ``o`` a soft one, ``-`` none.  Several
patterns are variations; the first is the plainest.  Chords are scale degrees counted from 0, one a
bar; a bass pattern says where its note is struck (``1`` root, ``8`` octave, ``5`` fifth).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from livegan.demo.composer.drums import Kit

SCALES: dict[str, tuple[int, ...]] = {
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}


@dataclass(frozen=True)
class Style:
    """One kind of music."""

    name: str
    bpm: tuple[int, int]
    scales: tuple[str, ...]
    chords: tuple[tuple[int, ...], ...]
    kick: tuple[str, ...] = ()
    snare: tuple[str, ...] = ()
    hat: tuple[str, ...] = ()
    open_hat: tuple[str, ...] = ()
    shaker: tuple[str, ...] = ()
    bass: tuple[str, ...] = ()
    bass_voice: str = "saw"
    lead: tuple[str, ...] = ("pluck",)
    arpeggio: bool = False
    pad: float = 1.0
    stabs: bool = False
    swing: float = 0.0
    duck: float = 0.5
    reverb: float = 2.0
    wet: float = 0.3
    echo_beats: float = 0.75
    echo: float = 0.3
    kit: Kit = field(default_factory=Kit)


STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        Style(
            name="techno",
            bpm=(126, 134),
            scales=("minor", "phrygian"),
            chords=((0, 0, 5, 6), (0, 0, 3, 3), (0, 5, 3, 4)),
            kick=("x---x---x---x---", "x---x---x---x-o-"),
            snare=("----x-------x---", "----x-------x--o"),
            hat=("--o---o---o---oo", "o-ooo-ooo-ooo-oo"),
            open_hat=("--x---x---x---x-",),
            bass=("-11--11--11--118", "--1---1---1-8-1-", "-1-11-1--1-118-1"),
            bass_voice="acid",
            lead=("pluck", "bell"),
            arpeggio=True,
            duck=0.7,
            echo=0.4,
            kit=Kit(clap=0.7, drive=2.2),
        ),
        Style(
            name="house",
            bpm=(120, 126),
            scales=("dorian", "minor"),
            chords=((0, 3, 5, 4), (5, 3, 0, 4), (0, 5, 2, 6)),
            kick=("x---x---x---x---", "x---x---x---x--o"),
            snare=("----x-------x---", "----x--o----x---"),
            hat=("--x---x---x---x-", "o-x-o-xoo-x-o-xo"),
            open_hat=("--x---x---x---x-",),
            shaker=("oxoxoxoxoxoxoxox",),
            bass=("1--1--8-1--1--5-", "--1---1---1---8-", "1-8-1-8-1-8-1-8-"),
            bass_voice="round",
            lead=("keys", "pluck"),
            stabs=True,
            swing=0.1,
            duck=0.6,
            kit=Kit(clap=0.8, kick_hz=50),
        ),
        Style(
            name="drumandbass",
            bpm=(170, 176),
            scales=("minor", "dorian"),
            chords=((0, 0, 5, 6), (0, 2, 5, 3), (0, 0, 3, 6)),
            kick=("x---------x-----", "x-x-------x-----", "x---------xx----"),
            snare=("----x-------x---", "----x--o-o--x---", "----x--o----x--o"),
            hat=("x-x-x-x-x-x-x-x-", "xoxoxoxoxoxoxoxo"),
            shaker=("o-oxo-oxo-oxo-ox",),
            bass=("1-------1--5----", "1--1--1---8-1---", "1-----5-8-----1-"),
            bass_voice="reese",
            lead=("bell", "pluck"),
            reverb=2.6,
            duck=0.35,
            kit=Kit(kick_seconds=0.2, snare_hz=205, snare_body=0.5, kick_hz=54),
        ),
        Style(
            name="hiphop",
            bpm=(82, 94),
            scales=("minor", "dorian"),
            chords=((0, 3, 0, 4), (0, 5, 3, 4), (5, 4, 0, 0)),
            kick=("x------x--x-----", "x-o----x--x--x--", "x---------x--o--"),
            snare=("----x-------x---", "----x-------x--o"),
            hat=("x-x-x-x-x-x-x-x-", "x-xxx-x-xox-x-xx"),
            bass=("1------1--1-----", "1--1---8--5-----"),
            bass_voice="round",
            lead=("keys", "bell"),
            swing=0.3,
            duck=0.25,
            reverb=1.4,
            kit=Kit(kick_hz=46, kick_seconds=0.38, snare_hz=175, snare_body=0.4, clap=0.3),
        ),
        Style(
            name="ambient",
            bpm=(64, 80),
            scales=("major", "mixolydian", "dorian"),
            chords=((0, 4, 5, 3), (0, 2, 3, 3), (5, 3, 0, 4)),
            bass=("1---------------",),
            bass_voice="round",
            lead=("bell", "string"),
            pad=1.5,
            duck=0.0,
            reverb=4.5,
            wet=0.55,
            echo_beats=1.5,
            echo=0.5,
        ),
        Style(
            name="synthpop",
            bpm=(104, 122),
            scales=("major", "minor", "mixolydian"),
            chords=((0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4)),
            kick=("x-------x-------", "x-------x-x-----", "x--x----x-x-----"),
            snare=("----x-------x---", "----x-------x-o-"),
            hat=("x-x-x-x-x-x-x-x-", "xoxoxoxoxoxoxoxo"),
            bass=("1-1-1-1-1-1-1-1-", "1-1-8-1-1-1-8-5-"),
            bass_voice="saw",
            lead=("square", "bell"),
            arpeggio=True,
            duck=0.2,
            kit=Kit(snare_seconds=0.24, snare_body=0.4, clap=0.25, kick_hz=52),
        ),
        Style(
            name="rock",
            bpm=(112, 138),
            scales=("mixolydian", "minor", "major"),
            chords=((0, 3, 4, 3), (0, 6, 3, 0), (0, 4, 5, 3)),
            kick=("x-------x-x-----", "x---x---x-x---x-", "x--x----x-x-----"),
            snare=("----x-------x---",),
            hat=("x-x-x-x-x-x-x-x-",),
            bass=("1-1-1-1-1-1-1-1-", "1--11-1-1--11-5-"),
            bass_voice="saw",
            lead=("square", "string"),
            pad=0.4,
            stabs=True,
            duck=0.0,
            reverb=1.2,
            wet=0.2,
            echo=0.12,
            kit=Kit(kick_hz=58, kick_seconds=0.22, snare_hz=210, snare_seconds=0.22, drive=2.0),
        ),
        Style(
            name="dub",
            bpm=(68, 76),
            scales=("minor", "dorian"),
            chords=((0, 0, 3, 3), (0, 6, 0, 6), (0, 0, 4, 3)),
            kick=("--------x-------", "x-------x-------"),
            snare=("--------x-------", "--------o-----o-"),
            hat=("x-x-x-x-x-x-x-x-", "x-xox-xox-xox-xo"),
            bass=("1--1--5-8---5-1-", "1-----1-5--5--8-"),
            bass_voice="round",
            lead=("keys", "square"),
            stabs=True,
            pad=0.5,
            swing=0.22,
            duck=0.2,
            reverb=3.0,
            wet=0.35,
            echo_beats=0.75,
            echo=0.65,
            kit=Kit(kick_hz=46, kick_seconds=0.36, snare_hz=240, snare_seconds=0.12),
        ),
    )
}
