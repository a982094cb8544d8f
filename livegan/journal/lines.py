"""Lines of JSON that a killed process may have left unfinished."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class JournalError(ValueError):
    """A journal cannot be read: where, why, and what to do in a line."""


def line(**values: Any) -> bytes:
    """One line."""
    return json.dumps(values, ensure_ascii=False).encode(errors="surrogateescape") + b"\n"


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file; one that is cut off at the end is left out.

    Raises
    ------
    JournalError
        If another line is not JSON.
    """
    found = []
    lines = path.read_bytes().split(b"\n")
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            said = json.loads(text)
            if not isinstance(said, dict):
                raise ValueError
        except ValueError:
            if number == len(lines):
                break
            raise JournalError(f"{path}:{number}: not a line of a journal; remove it") from None
        found.append(said)
    return found
