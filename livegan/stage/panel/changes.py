"""What a phone is sent of the state of a show: what changed since it was sent something last."""

from __future__ import annotations

from typing import Any

State = dict[str, Any]


def for_phones(state: State) -> State:
    """A state of the show, with the values of the knobs apart from what they are: ``knobs`` changes
    with the set, ``values`` with every move."""
    found = {name: value for name, value in state.items() if name not in ("type", "time")}
    rows = found.get("knobs", [])
    found["values"] = {row["name"]: row["value"] for row in rows}
    found["knobs"] = [{k: v for k, v in row.items() if k != "value"} for row in rows]
    return found


def changes(before: State, after: State) -> State:
    """The fields of a state that differ; of ``values`` only those that do.

    A knob that is gone from ``values`` is also gone from ``knobs``.
    """
    changed = {name: value for name, value in after.items() if before.get(name, _NONE) != value}
    if "values" in changed and "values" in before:
        old = before["values"]
        changed["values"] = {k: v for k, v in after["values"].items() if old.get(k, _NONE) != v}
        if not changed["values"]:
            del changed["values"]
    return changed


_NONE = object()
