"""What the expressions and nodes of a set are worth in a frame, by line: for editors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from livegan.engine.program.program import Program
from livegan.graph.place import Place
from livegan.graph.signals.reading import Reading
from livegan.graph.signals.signal import Signal
from livegan.ipc.messages import LineValues, Row

MOST = 200
"""Rows of signals, and of nodes."""
CLOCKS = ("bpm", "beat", "bar", "beats", "bars", "time")
SAYS_ITSELF = ("lfo", "every", "choose", "where", *CLOCKS)
"""Signals that are called as the set calls them."""


@dataclass(frozen=True)
class NamedSignal:
    """An expression that is worth a row, and where it stands."""

    signal: Signal
    name: str
    place: Place
    role: str
    """``parameter`` of a node in its line, ``value`` that is used elsewhere, or ``part`` of another
    expression in its line."""


class LiveValues:
    """Makes the rows of the program that plays; what does not change between frames is kept."""

    def __init__(self) -> None:
        self._program: Program | None = None
        self._signals: list[NamedSignal] = []

    def of(self, program: Program, reading: Reading) -> LineValues:
        """The rows of a frame that is drawn: of ``reading`` only what is known there is read."""
        if program is not self._program:
            self._program, self._signals = program, named_signals(program)
        own = str(program.script.path)
        signals: list[Row] = []
        for each in self._signals:
            value = reading.values.get(each.signal.print)
            if isinstance(value, (int, float)) and math.isfinite(value):
                row = placed(each.place, own, each.name)
                signals.append({**row, "value": rounded(float(value)), "role": each.role})
        nodes: list[Row] = []
        for step in program.steps:
            if step.node.place is not None and step.node.kind != "prev" and len(nodes) < MOST:
                row = placed(step.node.place, own, step.name)
                took = round(step.instance.took_s * 1000, 2)
                nodes.append({**row, "kind": step.node.kind, "ms": took})
        return LineValues(program.version, signals, nodes)


def placed(place: Place, own: str, name: str) -> dict[str, Any]:
    """The part of a row that says where and what."""
    return {"file": "" if place.file == own else place.file, "line": place.line, "name": name}


def rounded(value: float) -> float:
    """Four digits that count."""
    return float(f"{value:.4g}")


def named_signals(program: Program) -> list[NamedSignal]:
    """The signals that a program reads, `MOST` at most: whole expressions, and what they hear."""
    found: dict[tuple[str, int, str], NamedSignal] = {}
    for step in program.steps:
        for parameter, value in step.node.live.items():
            for each in walk(value, parameter, step.node.place):
                key = each.place.file, each.place.line, each.name
                if key not in found or each.role != "part":
                    found[key] = each
                if len(found) >= MOST:
                    return list(found.values())
    return list(found.values())


def walk(value: Any, parameter: str, at: Place | None) -> Iterator[NamedSignal]:
    """The signals in the value of a parameter of a node that stands ``at`` a line."""
    waiting: list[tuple[Any, Place | None]] = [(value, None)]
    seen: set[tuple[int, Place | None]] = set()
    while waiting:
        part, above = waiting.pop()
        if isinstance(part, tuple):
            waiting += [(inner, above) for inner in reversed(part)]
            continue
        if not isinstance(part, Signal) or (id(part), above) in seen:
            continue
        seen.add((id(part), above))
        role = "part" if part.place == above else "value"
        if above is None and part.place == at:
            role = "parameter"
        name = name_of(part) or (parameter if role == "parameter" else "")
        if part.place is not None and (role != "part" or (name and part.op not in CLOCKS)):
            yield NamedSignal(part, name, part.place, role)
        waiting += [(inner, part.place) for inner in reversed(part.args)]


def name_of(signal: Signal) -> str:
    """As a set calls it; empty for what is calculated."""
    if signal.op == "feature":
        return f"{signal.args[1].key if signal.args[1:] else 'sound'}.{signal.args[0]}"
    if signal.op == "band":
        low, high, *sounds = signal.args
        return f"{sounds[0].key if sounds else 'sound'}.band({low:g}, {high:g})"
    if signal.op in ("knob", "pad"):
        return f"{signal.op} {str(signal.args[0]).partition('/')[2]}"
    if signal.op == "midi":
        return f"midi {signal.args[0]}"
    if signal.op == "osc":
        return f"osc {str(signal.args[0]).removeprefix('osc').removesuffix('#0')}"
    if signal.leaf is not None:
        return signal.leaf.name
    return signal.op if signal.op in SAYS_ITSELF else ""
