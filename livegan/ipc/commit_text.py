"""What happened to a save, in words: one wording for the HUD, the terminal and reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

STATES = {
    "proposed": "checking the save",
    "proven": "the save is ready",
    "cued": "the save waits for its beat",
    "on_air": "playing",
    "refused": "save refused",
    "superseded": "a newer save came",
}
"""How a save stands, by its status."""


def playing(commit: Mapping[str, Any]) -> str:
    """What a commit with the status ``on_air`` did.

    For example: "version 3 of four.py plays (nodes: 1 new, 9 kept)".  ``kept``,
    ``built`` and ``retired`` are lists of names, or counts.
    """
    name = Path(str(commit.get("file") or "the set")).name
    version = f"version {commit.get('version')} of {name}"
    if commit.get("safe"):
        return f"the safe set plays: {name}"
    if commit.get("reason") == "undo":
        return f"undone: {version} plays again"
    if commit.get("reason") == "safe set":
        return f"the safe set is over: {version} plays again"
    new, kept, gone = (count(commit.get(part)) for part in ("built", "kept", "retired"))
    parts = [f"{new} new"] * bool(new) + [f"{kept} kept"] * bool(kept)
    parts += [f"{gone} removed"] * bool(gone)
    return f"{version} plays" + (f" (nodes: {', '.join(parts)})" if parts else "")


def count(names: Any) -> int:
    """How many there are in a list of names, or the number itself."""
    return names if isinstance(names, int) else len(names or ())
