"""Which nodes of a new set are the ones that already play.

Identity is the explicit ``key=``, else the assigned name, plus what the node is built from; never
its inputs.  So an encoder put in front of a model leaves the model as it is.  What is left over on
both sides and built alike is paired in the order it was written: a renamed model stays, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Identified(Protocol):
    """What matching needs to know of a node."""

    @property
    def name(self) -> str: ...

    @property
    def build(self) -> str: ...


@dataclass(frozen=True)
class Plan:
    """Indexes into the old and new sequences: what stays, what is made, what goes."""

    kept: dict[int, int]
    """new index → old index"""
    built: tuple[int, ...]
    retired: tuple[int, ...]


def match(old: Sequence[Identified], new: Sequence[Identified]) -> Plan:
    """Pair new nodes with old ones; every node is in exactly one of the plan's parts."""
    kept: dict[int, int] = {}
    free = dict(enumerate(old))
    for exact in (True, False):
        pool: dict[tuple[str, str], list[int]] = {}
        for index, node in free.items():
            pool.setdefault((node.name if exact else "", node.build), []).append(index)
        for index, node in enumerate(new):
            if index in kept:
                continue
            found = pool.get((node.name if exact else "", node.build))
            if found:
                kept[index] = found.pop(0)
                del free[kept[index]]
    built = tuple(i for i in range(len(new)) if i not in kept)
    return Plan(kept, built, tuple(free))
