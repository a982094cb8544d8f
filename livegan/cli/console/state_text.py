"""The state of a show as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from livegan.cli.console.failing import short

if TYPE_CHECKING:
    from livegan.ipc.remote.schema import ShowState


def lines_of(found: ShowState) -> list[str]:
    """The state as a few lines."""
    rows: list[tuple[str, str]] = [
        ("show", f"{found.show}, {clock(found.time)}"),
        ("set", f"{short(found.set)}, {program(found)}"),
        *([("pace", found.pace)] if found.pace else []),
        ("picture", f"{picture(found)}, {found.fps:.1f} fps, {found.screen_fps:.1f} on the window"),
        ("engine", " on ".join(filter(None, (found.engine, found.device)))),
        *(
            ("scene", f"{n}: {short(path)}{', on the air' if path == found.set else ''}")
            for n, path in enumerate(found.scenes, 1)
        ),
        ("sound", found.sound),
        *(("input", input_line(row)) for row in found.inputs),
        ("tempo", f"{found.bpm:.1f} bpm, {tempo_line(found)}, bars of {found.beats_per_bar}"),
    ]
    rows += [("slot", f"{n}: {s['name']} ({s['model']})") for n, s in enumerate(found.slots, 1)]
    rows += [("knob", knob_line(row)) for row in found.knobs]
    rows += [("pad", name) for name in found.pads]
    rows += [(what, why) for what, why in found.missing.items() if what != "sound"]
    rows += [("refused", found.refusal)] if found.refusal else []
    rows += [("note", text) for text in found.notes]
    return [f"{label:<8} {text}" for label, text in rows]


def line_of(found: ShowState) -> str:
    """The state as one line, for --follow."""
    knobs = "".join(f"  {row['name']} {row['value']:.3g}" for row in found.knobs)
    refused = f"  refused: {found.refusal}" if found.refusal else ""
    parts = (clock(found.time), program(found), picture(found), f"{found.fps:.1f} fps")
    return "  ".join((*parts, f"{found.bpm:.1f} bpm")) + knobs + refused


def tempo_line(found: ShowState) -> str:
    """What leads the tempo."""
    word = "fixed" if found.tempo == "number" else found.tempo
    return ", ".join(filter(None, (word, found.clock)))


def clock(seconds: float) -> str:
    """Show time for people."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def program(found: ShowState) -> str:
    """What plays."""
    if found.version is None:
        return found.waiting or "not on the air yet"
    waiting = f", the newest save is {found.commit}" if found.commit in _COMING else ""
    return f"version {found.version}" + (" (safe set)" if found.safe else "") + waiting


def picture(found: ShowState) -> str:
    """What is seen, and how old it is."""
    flags: list[tuple[bool, Callable[[], str]]] = [
        (found.blackout, lambda: "black"),
        (found.solo is not None, lambda: f"solo {(found.solo or 0) + 1}"),
        (found.recording, lambda: "recording"),
        (found.age_ms is not None, lambda: f"{found.age_ms:.0f} ms old"),
    ]
    return ", ".join([found.picture, *(text() for on, text in flags if on)])


def knob_line(row: object) -> str:
    """A knob with its range."""
    assert isinstance(row, dict)
    span = f"{row['name']} {row['value']:.4g} ({row['low']:g} to {row['high']:g})"
    return f"{span}, {row['doc']}" if row["doc"] else span


def input_line(row: object) -> str:
    """A named input."""
    assert isinstance(row, dict)
    level = f"level {100 * row['level']:.0f} %" if row["here"] else "away"
    return f"{row['name']}: {row['source']}, {level}"


_COMING = ("proposed", "proven", "cued")
