"""The names a performer gave to pictures: variables, and places in lists and dictionaries."""

from __future__ import annotations

from typing import Any

from livegan.graph.picture import Picture


def name_nodes(namespace: dict[str, Any]) -> dict[str, Picture]:
    """``{"a": node, "slots[0]": node, "by['x']": node}`` for a set's global variables.

    A node with two names keeps both; a later assignment to a name has replaced the earlier.
    """
    found: dict[str, Picture] = {}
    for name, value in namespace.items():
        if name.startswith("__"):
            continue
        _collect(name, value, found, depth=0)
    return found


def _collect(name: str, value: Any, found: dict[str, Picture], depth: int) -> None:
    if isinstance(value, Picture):
        found[name] = value
    elif depth < 2 and isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            _collect(f"{name}[{i}]", item, found, depth + 1)
    elif depth < 2 and isinstance(value, dict):
        for key, item in value.items():
            _collect(f"{name}[{key!r}]", item, found, depth + 1)
