"""What happened in a show, on one line of time: for its page and for comparing shows."""

from __future__ import annotations

import contextlib
import difflib
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.control_names import KNOB
from livegan.journal.folder import AUTOPILOT, EngineJournal, Journal, read_rows
from livegan.journal.lines import JournalError
from livegan.sound import HOP, RATE
from livegan.sound.features import INDEX, Rows

COLUMNS = 1600
"""Levels of a whole show."""
KICK = 0.2
"""How much the feature of kicks rises in a hop when one begins."""
MOVES = 4000
"""Values of a control that are kept."""
TEXT = 200_000
"""Characters of a set that are shown."""


def timeline(journal: Journal) -> dict[str, Any]:
    """Times in seconds of show time; values as JSON takes them.

    ``engines`` (first and last frame), ``programs`` (on the air from, version, text, changed
    lines), ``refusals``, ``keys``, ``moves`` of the autopilot, ``controls`` (name → [time, value]
    each), ``levels`` (low, mid and high, evenly over the show), ``kicks``, ``bpm``.
    """
    engines = journal.engines
    found: dict[str, Any] = {
        "name": journal.folder.name,
        "set": journal.show.get("set", ""),
        "began": journal.show.get("began", ""),
        "livegan": journal.show.get("livegan", ""),
        "seconds": round(journal.seconds, 3),
        "frames": sum(len(engine.frames) for engine in engines),
        "engines": [list(span(engine)) for engine in engines],
        "programs": programs(journal),
        "refusals": [
            {"at": at, "where": said.get("where", ""), "reason": said.get("reason", "")}
            for at, said in lines(engines, "refused")
        ],
        "keys": [{"at": at, "name": said.get("name", "")} for at, said in lines(engines, "key")],
        "moves": moves(journal),
        "controls": controls(engines),
        "rates": rates(engines),
    }
    return found | sound(journal)


def span(engine: EngineJournal) -> tuple[float, float]:
    """Show time of the first and last frame of an engine."""
    at = engine.frames["position"]
    return round(int(at[0]) / RATE, 3), round(int(at[-1]) / RATE, 3)


def lines(engines: list[EngineJournal], what: str) -> list[tuple[float, dict[str, Any]]]:
    """Lines of one kind, each with the time of the frame that came after."""
    found = []
    for engine in engines:
        begun, at = engine.frames["begun"], engine.frames["position"]
        for said in engine.lines:
            if said["what"] == what:
                index = min(int(np.searchsorted(begun, said["begun"], "right")), len(at) - 1)
                found.append((round(int(at[index]) / RATE, 3), said))
    return found


def moves(journal: Journal) -> list[dict[str, Any]]:
    """What the autopilot did: ``at``, ``move`` and ``reason``, without lines that are cut off."""
    path = journal.folder / AUTOPILOT
    found = []
    for text in path.read_bytes().split(b"\n") if path.is_file() else ():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            said = json.loads(text)
            row = {"at": float(said["at"]), "move": str(said["move"])}
            found.append({**row, "reason": str(said["reason"])})
    return found


def programs(journal: Journal) -> list[dict[str, Any]]:
    """What was on the air, in order: ``at``, ``version``, ``text``, and ``changed``, the numbers of
    the lines that the program before did not have."""
    found: list[dict[str, Any]] = []
    before = ""
    for engine in journal.engines:
        texts = {
            said["version"]: text_of(journal, said)
            for said in engine.lines
            if said["what"] in ("program", "safe")
        }
        versions = engine.frames["version"]
        for index in np.flatnonzero(np.diff(versions, prepend=-1)):
            version = int(versions[index])
            text = texts.get(version, "")
            if found and found[-1]["version"] == version and found[-1]["text"] == text:
                continue  # another engine goes on with it
            at = round(int(engine.frames["position"][index]) / RATE, 3)
            changed = changed_lines(before, text)
            found.append({"at": at, "version": version, "text": text, "changed": changed})
            before = text
    return found


def text_of(journal: Journal, said: dict[str, Any]) -> str:
    """What the set of a program said."""
    try:
        content = journal.text(said["files"][said["set"]])
    except JournalError as error:
        return f"# {error}"
    return content.decode(errors="replace")[:TEXT]


def changed_lines(before: str, after: str) -> list[int]:
    """Numbers of the lines of ``after``, from 0 on, that are new; none of a first text."""
    if not before:
        return []
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), False)
    return [
        line
        for tag, _, _, first, last in matcher.get_opcodes()
        if tag in ("replace", "insert")
        for line in range(first, last)
    ]


def controls(engines: list[EngineJournal]) -> dict[str, list[list[float]]]:
    """[time, value] of each control, whenever it moved."""
    found: dict[str, list[list[float]]] = {}
    for at, said in lines(engines, "controls"):
        for name, value in said["set"].items():
            moves = found.setdefault(str(name).removeprefix(KNOB), [])
            if isinstance(value, list) and value and len(moves) < MOVES:
                moves.append([at, round(float(value[0]), 4)])
    return found


def rates(engines: list[EngineJournal]) -> list[list[float]]:
    """[time, frames a second] for each second in which any were drawn."""
    at = np.concatenate([e.frames["position"] for e in engines]) if engines else np.zeros(0)
    seconds, counts = np.unique((at // RATE).astype(np.int64), return_counts=True)
    return [[int(s), int(c)] for s, c in zip(seconds, counts, strict=True)]


def sound(journal: Journal) -> dict[str, Any]:
    """``levels``, ``kicks`` and ``bpm`` of what was heard; empty if that was not kept."""
    path = journal.folder / "sound" / "main.features"
    hops = max(1, int(journal.seconds * RATE) // HOP)
    rows = np.zeros((hops, len(INDEX)))
    if path.is_file():
        for first, part in read_rows(path, journal.trouble.append):
            end = min(hops, first + len(part))
            rows[first:end] = part[: max(0, end - first)]
    else:
        return {"levels": [], "kicks": [], "bpm": []}
    edges = np.linspace(0, hops, min(COLUMNS, hops) + 1).astype(int)
    bands = rows[:, [INDEX[name] for name in ("low", "mid", "high")]]
    levels = [
        [round(float(value), 3) for value in bands[first:last].max(axis=0, initial=0.0)]
        for first, last in itertools.pairwise(edges)
    ]
    return {"levels": levels, "kicks": kicks(rows), "bpm": tempo(rows)}


def kicks(rows: Rows) -> list[float]:
    """Times at which a kick began: its feature jumps, and falls off slowly."""
    rise: NDArray[np.float64] = np.diff(rows[:, INDEX["kick"]], prepend=0.0)
    begins = np.flatnonzero(rise >= KICK)
    return [round(float(hop) * HOP / RATE, 2) for hop in begins]


def tempo(rows: Rows) -> list[list[float]]:
    """[time, bpm] whenever it changed by a whole beat a minute."""
    found: list[list[float]] = []
    for second, bpm in enumerate(rows[:: RATE // HOP, INDEX["bpm"]]):
        if not found or abs(found[-1][1] - bpm) >= 1:
            found.append([float(second), round(float(bpm), 1)])
    return found


def set_name(journal: Journal) -> str:
    """The name of the set's file."""
    return Path(str(journal.show.get("set", ""))).name
