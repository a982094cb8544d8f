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


def label(nodes: list[Picture], shown: list[Picture], named: dict[str, Picture]) -> None:
    """Give every node its name: the key, the variable, or that of what it is part of and its own.

    In ``b = model("city", wave.blur())`` the blur is ``b.blur``; what is under no name is under
    ``show``.
    """
    names = {id(node): name for name, node in reversed(named.items())}
    used: dict[str, int] = {}

    def unique(name: str) -> str:
        used[name] = used.get(name, 0) + 1
        return name if used[name] == 1 else f"{name}.{used[name]}"

    for node in nodes:
        node.name = ""
        wanted = node.key or names.get(id(node))
        if wanted:
            node.name = unique(wanted)
    part_of: dict[int, str] = {id(picture): "show" for picture in shown}
    for node in reversed(nodes):
        for child in node.pictures:
            part_of.setdefault(id(child), node.name or part_of.get(id(node), ""))
    for node in nodes:
        if not node.name:
            above = part_of.get(id(node), "")
            node.name = unique(f"{above}.{node.title}" if above else node.title)
