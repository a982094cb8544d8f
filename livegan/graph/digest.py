"""Fingerprints of code: has the body of a leaf changed, or anything of its file that it uses?"""

from __future__ import annotations

import functools
import hashlib
import inspect
from types import CodeType, FunctionType, ModuleType
from typing import Any

SIMPLE = (int, float, str, bytes, bool, type(None), complex)


def digest_of(thing: Any) -> str:
    """A short hash of a function or class, with the functions, classes and constants it uses.

    Line numbers and names of files do not count, so moving a leaf leaves its digest alone.
    """
    state = hashlib.sha256()
    _feed(thing, state, set())
    return state.hexdigest()[:16]


def _feed(thing: Any, state: Any, seen: set[int]) -> None:
    if isinstance(thing, SIMPLE):
        state.update(repr(thing).encode())
        return
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if type(thing).__module__.startswith("livegan.graph"):
        return  # nodes and signals: a leaf reads them as arguments, never as globals
    operation = getattr(thing, "livegan_operation", None)
    if operation is not None:
        _feed(operation.make, state, seen)
    elif isinstance(thing, functools.partial):
        for part in (thing.func, thing.args, thing.keywords):
            _feed(part, state, seen)
    elif isinstance(thing, (staticmethod, classmethod)):
        _feed(thing.__func__, state, seen)
    elif isinstance(thing, property):
        _feed(thing.fget, state, seen)
    elif isinstance(thing, FunctionType):
        _feed_function(thing, state, seen)
    elif inspect.isclass(thing):
        state.update(thing.__qualname__.encode())
        if is_own(thing.__module__):
            for base in thing.__bases__:
                _feed(base, state, seen)
            for name, value in sorted(vars(thing).items()):
                if name not in ("__module__", "__dict__", "__weakref__", "__firstlineno__"):
                    state.update(name.encode())
                    _feed(value, state, seen)
    elif isinstance(thing, (tuple, list)):
        for item in thing:
            _feed(item, state, seen)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            _feed(key, state, seen)
            _feed(value, state, seen)
    elif isinstance(thing, ModuleType):
        state.update(thing.__name__.encode())
        state.update(getattr(thing, "livegan_digest", "").encode())
    elif hasattr(thing, "tobytes") and hasattr(thing, "dtype"):
        state.update(thing.tobytes())
    else:
        state.update(type(thing).__qualname__.encode())
        if type(thing).__module__.startswith("livegan.plugin"):  # a Param: its values count
            state.update(repr(thing).encode())


def _feed_function(function: FunctionType, state: Any, seen: set[int]) -> None:
    _feed_code(function.__code__, state)
    _feed(function.__defaults__, state, seen)
    _feed(function.__kwdefaults__, state, seen)
    for cell in function.__closure__ or ():
        try:
            _feed(cell.cell_contents, state, seen)
        except ValueError:  # an empty cell
            continue
    if not is_own(function.__module__):
        return
    for name in _names(function.__code__):
        if name in function.__globals__:
            state.update(name.encode())
            _feed(function.__globals__[name], state, seen)


def _names(code: CodeType) -> list[str]:
    names = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names += _names(constant)
    return names


def _feed_code(code: CodeType, state: Any) -> None:
    state.update(code.co_code)
    state.update(repr((code.co_names, code.co_varnames)).encode())
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _feed_code(constant, state)
        else:
            state.update(repr(constant).encode())


OWN: set[str] = set()
"""Names of helper modules beside the set; the script runner keeps it up to date."""


def is_own(module: str | None) -> bool:
    """True for code of sets, their helpers and plugin files: what a performer edits live."""
    name = module or ""
    return name.split(".")[0] in ("livegan_set", "livegan_plugins") or name in OWN
