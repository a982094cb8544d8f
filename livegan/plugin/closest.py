"""Suggestions for a mistyped name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(name: str, names: Iterable[str]) -> str | None:
    """The most similar of ``names``, or None if nothing is near."""
    pool = list(names)
    lower = {n.lower(): n for n in reversed(pool)}
    found = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.6)
    return lower[found[0]] if found else None


def suggestion(name: str, names: Iterable[str]) -> str:
    """``"; did you mean 'x'?"``, or the list of what there is, or nothing."""
    pool = sorted(set(names))
    near = closest(name, pool)
    if near is not None:
        return f"; did you mean {near!r}?"
    if not pool:
        return ""
    shown = ", ".join(pool[:12]) + (", ..." if len(pool) > 12 else "")
    return f"; there is: {shown}"
