"""ClassState that all else uses: attributes that a set gave other values are found and put back.

Some four hundred classes are compared once a second, in a tenth of a millisecond.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from types import ModuleType
from typing import Any

HEAP, IMMUTABLE = 1 << 9, 1 << 8
"""Flags of types: made while Python runs, and never changed (CPython's Include/object.h)."""
ABSENT = object()

_found: tuple[dict[str, int], dict[type, str]] = {}, {}
"""The classes of modules that had so many names: finding them takes longer than comparing."""


class ClassState:
    """What the classes of some modules were when this was made; `put_back` restores that."""

    def __init__(self, modules: Mapping[str, ModuleType]) -> None:
        global _found
        sizes = {name: len(vars(module)) for name, module in modules.items()}
        if _found[0] != sizes:
            _found = sizes, classes_of(modules)
        self._before = [(cls, name, vars(cls).copy()) for cls, name in _found[1].items()]

    def put_back(self) -> list[str]:
        """The attributes that had been changed, by name."""
        changed = []
        for cls, name, before in self._before:
            now = vars(cls)
            # By identity, for what a set put there may compare as it likes.
            if len(now) == len(before) and all(map(operator.is_, now.values(), before.values())):
                continue
            for attribute in {**before, **now}:
                was, found = before.get(attribute, ABSENT), now.get(attribute, ABSENT)
                if was is not found and is_change(cls, attribute, was, found, name):
                    put(cls, attribute, was)
                    changed.append(f"{name}.{attribute}")
        return changed


def classes_of(modules: Mapping[str, ModuleType]) -> dict[type, str]:
    """The classes in modules that can be changed, and what they are made of, by the names under
    which they are used; only classes of the packages that the modules are of."""
    packages = {module.partition(".")[0] for module in modules}
    found: dict[type, str] = {}
    others: set[type] = set()
    for module, values in modules.items():
        inside = f"{module}."
        for name, value in list(vars(values).items()):
            if not isinstance(value, type) or value in others:
                continue
            if value not in found:
                made_of = [c for c in value.__mro__ if c not in found and can_change(c, packages)]
                found.update((c, f"{c.__module__}.{c.__qualname__}") for c in made_of)
                if value not in found:
                    others.add(value)
                    continue
            if value.__module__.startswith(inside) and len(inside + name) < len(found[value]):
                found[value] = inside + name
    return found


def can_change(cls: type, packages: set[str]) -> bool:
    """Whether it is a class of these packages, and not one of C's: those do not take changes, or,
    with pybind11, are a hundred that nobody has a reason to change."""
    if not cls.__flags__ & HEAP or cls.__flags__ & IMMUTABLE:
        return False
    ours = str(cls.__module__).partition(".")[0] in packages
    return ours and type(cls).__module__ != "pybind11_builtins"


def is_change(cls: type, attribute: str, was: Any, found: Any, name: str) -> bool:
    """Whether a difference takes away what others call: numbers may change as a program runs, and
    what is new does no harm where it hides nothing."""
    if torchs_own(name, found):
        return False
    if was is not ABSENT:
        return works(was)
    hides = attribute[:2] == "__" or any(attribute in vars(base) for base in cls.__mro__[1:])
    return hides and works(found)


def works(value: Any) -> bool:
    """Whether an attribute of a class is a method, a property or the like."""
    return callable(value) or hasattr(type(value), "__get__")


def put(cls: type, attribute: str, value: Any) -> None:
    """Give a class an attribute, past what it or its own class does on that; ABSENT takes it."""
    if value is ABSENT:
        type.__delattr__(cls, attribute)
    else:
        type.__setattr__(cls, attribute, value)


def torchs_own(name: str, value: Any) -> bool:
    """Whether torch itself put that there: it wraps functions when a part is first used."""
    own = str(getattr(getattr(value, "fget", value), "__module__", ""))
    return name.partition(".")[0] == "torch" and own.partition(".")[0] == "torch"
