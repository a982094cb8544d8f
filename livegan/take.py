"""Takes: what hands did in a show, as a file that a rehearsal plays again.

JSON lines, one for each move: ``{"time": 12.34, "name": "knob/hue", "value": 0.4}``, the time in
seconds of show time, the name as in `livegan.control_names`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from livegan.control_names import KNOB, NAME
from livegan.files import need_file
from livegan.ipc.control_table import Control, Snapshot
from livegan.ipc.recorded_controls import RecordedControls
from livegan.plugin.closest import suggestion

TimedValues = list[tuple[float, float]]


class TakeError(ValueError):
    """A take, or the values of a knob, cannot be read: where, why, and what to do in a line."""


def read_take(path: Path) -> dict[str, TimedValues]:
    """The moves of a take: (time, value) by name.

    The last line may be cut off, as a show that was killed leaves it.

    Raises
    ------
    TakeError
        If a line is no move.
    OSError
        If the file cannot be read.
    """
    need_file(path)
    moves: dict[str, TimedValues] = {}
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            move = json.loads(line)
            name, time, value = move["name"], float(move["time"]), float(move["value"])
            right = isinstance(name, str) and math.isfinite(time) and math.isfinite(value)
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            right = False
        if not right:
            if number == len(lines):
                break
            raise TakeError(
                f'{path}:{number}: not a move; a line is {{"time": 1.5, "name": "knob/hue", '
                '"value": 0.4}'
            )
        moves.setdefault(name, []).append((time, value))
    return moves


def moves_between(before: Snapshot, after: Snapshot) -> Iterable[str]:
    """The lines of a take for what was set between two looks at the control table."""
    moved: list[tuple[str, Control]] = []
    for name, control in after.items():
        known = before.get(name)
        if known is None or known[:2] != control[:2]:
            moved.append((name, control))
    for name, control in sorted(moved, key=lambda pair: (pair[1].time, pair[0])):
        move = {"time": round(control.time, 4), "name": name, "value": control.value}
        yield json.dumps(move, ensure_ascii=False)


def knob_curve(text: str) -> tuple[str, TimedValues]:
    """``hue=0.7`` or ``hue=0:0, 10:1`` (second:value) as the name of a control and its points.

    Raises TakeError where it is neither.
    """
    name, sign, rest = text.partition("=")
    name = name.strip()
    if not sign or not NAME.fullmatch(name) or not rest.strip():
        raise TakeError(_form(text))
    points: TimedValues = []
    for part in rest.split(","):
        second, colon, value = part.rpartition(":")
        if not colon and len(rest.split(",")) > 1:
            raise TakeError(_form(text))
        try:
            point = float(second) if colon else 0.0, float(value)
        except ValueError:
            raise TakeError(_form(text)) from None
        if not (math.isfinite(point[0]) and math.isfinite(point[1])):
            raise TakeError(_form(text))
        points.append(point)
    return KNOB + name, points


def _form(text: str) -> str:
    return f"--knob {text}: write NAME=VALUE, or NAME=SECOND:VALUE,SECOND:VALUE, as in hue=0:0,10:1"


def unknown_knobs(controls: object, known: Iterable[str]) -> Iterator[str]:
    """A line for each knob that is given values and that a set with these controls does not
    have."""
    names = list(known)
    for control in controls.curves if isinstance(controls, RecordedControls) else ():
        if control not in names:
            name = control.removeprefix(KNOB)
            knobs = [c.removeprefix(KNOB) for c in names if c.startswith(KNOB)]
            yield f"--knob {name}: the set has no such knob" + suggestion(name, knobs)
