"""Lines of JSON that a killed process may have left unfinished."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

VALUES = {"controls": "set", "behind": "samples", "backends": "slots"}
"""Kinds of lines → which of their values is a table."""


class JournalError(ValueError):
    """A journal cannot be read: where, why, and what to do in a line."""


def line(**values: Any) -> bytes:
    """One line."""
    return json.dumps(values, ensure_ascii=False).encode(errors="surrogateescape") + b"\n"


def read_lines(path: Path, note: Callable[[str], None]) -> list[dict[str, Any]]:
    """The lines of an engine's file. One that is cut off at the end is left out; of others that are
    damaged, a line is noted."""
    found, damaged = [], []
    lines = path.read_bytes().split(b"\n")
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            said = json.loads(text)
            if not is_whole(said):
                raise ValueError
        except ValueError:  # bytes that are no text are one, too
            if number < len(lines):
                damaged.append(number)
            continue
        found.append(said)
    if damaged:
        which = ", ".join(map(str, damaged[:5])) + (", ..." if len(damaged) > 5 else "")
        note(f"{path}: damaged at line {which}; what these lines said is left out")
    return found


def is_whole(said: Any) -> bool:
    """Whether a line has what one of its kind must have."""
    if not isinstance(said, dict) or type(said.get("begun")) is not int:
        return False
    what = said.get("what")
    if what in ("program", "safe"):
        files = said.get("files")
        return isinstance(files, dict) and said.get("set") in files and "version" in said
    if what in VALUES:
        return isinstance(said.get(VALUES[what]), dict)
    return isinstance(what, str)
