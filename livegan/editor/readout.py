"""What an editor shows of the show that plays a set: values beside the lines, and refusals."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from livegan.editor.position import TAKES_WORDS
from livegan.ipc.messages import Row
from livegan.ipc.remote.schema import ShowState

MOST = 4
"""Values beside a line."""
ASSIGNED = re.compile(r"^\s*([^\W\d]\w*)\s*=(?!=)")
STATES = {
    "proposed": "the newest save is tested",
    "proven": "the newest save is tested",
    "cued": "the newest save waits for its beat",
    "refused": "the newest save was refused",
}


@dataclass(frozen=True)
class PlayedSet:
    """A show that plays a set: its state, and the text on the air."""

    show: str
    state: ShowState
    text: str


@dataclass(frozen=True)
class HintLine:
    """What is shown at the end of a line, counted from 0."""

    line: int
    text: str


def beside_lines(playing: PlayedSet, text: str, file: str = "") -> list[HintLine]:
    """What is shown beside the lines of a text: of the set itself, or of a module of its own
    (``file``), as it is in the editor.

    Values are those of the text on the air, so a line that was edited since has none.
    """
    state = playing.state
    lines = text.splitlines()
    if state.safe:  # its lines are others
        state = replace(state, signals=(), nodes=())
    on_air = Path(file).read_text("utf-8-sig", "replace") if file else playing.text
    where = same_lines(on_air, text)
    parts: dict[int, list[str]] = {}
    for row in state.signals:
        line = where.get(int(row["line"]) - 1)
        if row["file"] == file and line is not None:
            said = value_of(row, lines[line])
            if said not in parts.setdefault(line, []):
                parts[line].append(said)
    found = {line: values[:MOST] for line, values in parts.items()}
    for line, spent in times(state.nodes, where, file).items():
        found.setdefault(line, []).append(f"{spent:.1f} ms" if spent < 10 else f"{spent:.0f} ms")
    first = next((n for n, each in enumerate(lines) if TAKES_WORDS.match(each)), None)
    if first is not None and not file:
        found[first] = [headline(playing, text)]
    return [HintLine(line, "  ".join(said)) for line, said in sorted(found.items())]


@functools.lru_cache(maxsize=16)
def same_lines(before: str, after: str) -> Mapping[int, int]:
    """Where lines of a text are in another one, without those that were changed."""
    old, new = before.splitlines(), after.splitlines()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {each.a + n: each.b + n for each in blocks for n in range(each.size)}


def value_of(row: Row, line: str) -> str:
    """A value with its name: that of the variable, if the line assigns it."""
    value = float(row["value"])
    shown = f"{value:.2f}" if abs(value) < 100 else f"{value:.4g}"
    assigned = ASSIGNED.match(line)
    name = assigned[1] if assigned and row["role"] == "value" else str(row["name"])
    return f"{name} {shown}".strip()


def times(nodes: Sequence[Row], where: Mapping[int, int], file: str) -> dict[int, float]:
    """Milliseconds by line."""
    spent: dict[int, float] = {}
    for row in nodes:
        line = where.get(int(row["line"]) - 1)
        if row["file"] == file and line is not None:
            spent[line] = spent.get(line, 0.0) + float(row["ms"])
    return spent


def headline(playing: PlayedSet, text: str) -> str:
    """What is on the air, and since when."""
    state = playing.state
    if state.version is None:
        return state.waiting or "not on the air yet"
    since = ""
    if state.on_air_at is not None:
        minutes, seconds = divmod(max(0, int(state.time - state.on_air_at)), 60)
        since = f" for {minutes}:{seconds:02d}"
    parts = [f"{'safe set' if state.safe else f'version {state.version}'} on the air{since}"]
    parts.append(f"{state.fps:.0f} fps" if state.engine == "playing" else f"engine {state.engine}")
    if state.commit in STATES:
        parts.append(STATES[state.commit])
    elif text.splitlines() != playing.text.splitlines() and not state.safe:
        parts.append("not saved")
    if state.hold or state.blackout:
        parts.append("black" if state.blackout else "held")
    return ", ".join(parts)


def refusal_of(playing: PlayedSet, path: str) -> tuple[str, int | None, str] | None:
    """Why the show refused a save, or what failed on the air: file, line from 1, and the reason."""
    state = playing.state
    if not state.refusal:
        return None
    file, _, line = state.refused_at.rpartition(":")
    if not file or not line.isdigit():
        return path, None, state.refusal
    reason = state.refusal.removeprefix(f"{Path(state.refused_at).name}: ")
    return file, int(line), reason
