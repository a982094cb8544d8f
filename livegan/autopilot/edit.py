"""Edits of a set: which are allowed, and how one is taken back. Pure: texts in, text out."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from livegan.autopilot.set_code import kept_lines

MOST_LINES = 10
"""Lines that one move may change: more cannot be read while it plays."""
WIDEST = 110
"""Characters of a line that a move writes."""


def flaw(before: str, after: str) -> str:
    """Why an edit is not to be made, in a few words; empty if it can be."""
    if before == after:
        return "it changes nothing"
    if list(kept_lines(before).values()) != list(kept_lines(after).values()):
        return "it changes a line that is marked # keep"
    old, new = before.splitlines(), after.splitlines()
    added = [new[i] for first, last in _changed(old, new) for i in range(first, last)]
    removed = [1 for first, last in _changed(new, old) for _ in range(first, last)]
    if max(len(added), len(removed)) > MOST_LINES:
        return f"it changes {max(len(added), len(removed))} lines; {MOST_LINES} can be read"
    wide = max((len(line) for line in added), default=0)
    if wide > max(WIDEST, *(len(line) for line in old), 0):
        return f"it writes a line of {wide} characters; {WIDEST} can be read"
    try:
        compile(after, "set", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return f"it is no Python: {error}"
    return ""


def _changed(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Spans of lines of ``new`` that ``old`` does not have."""
    codes = difflib.SequenceMatcher(None, old, new, False).get_opcodes()
    return [(first, last) for tag, _, _, first, last in codes if tag != "equal" and first < last]


def taken_back(text: str, before: str, after: str) -> str | None:
    """``text`` without the edit from ``before`` to ``after``: its lines are as they were.

    None where somebody has changed those lines since.
    """
    if text == after:
        return before
    old, new = before.splitlines(True), after.splitlines(True)
    lines = text.splitlines(True)
    hunks = [
        op
        for op in difflib.SequenceMatcher(None, old, new, False).get_opcodes()
        if op[0] != "equal"
    ]
    for _, a, b, c, d in reversed(hunks):
        found = _place(lines, new, c, d)
        if found is None:
            return None
        lines[found : found + d - c] = old[a:b]
    return "".join(lines)


def _place(lines: list[str], new: list[str], first: int, last: int) -> int | None:
    """Where the lines ``first`` to ``last`` of ``new`` are: found by themselves, or where they were
    deleted, by their neighbours."""
    if first < last:
        wanted = new[first:last]
        hits = [i for i in range(len(lines)) if lines[i : i + len(wanted)] == wanted]
        return min(hits, key=lambda i: abs(i - first)) if hits else None
    around = new[max(0, first - 1) : first + 1]
    hits = [i for i in range(len(lines)) if lines[i : i + len(around)] == around]
    if not hits:
        return None
    return min(hits, key=lambda i: abs(i - first)) + min(1, first)
