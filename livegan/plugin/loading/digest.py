"""Fingerprints of code: has the body of a leaf changed, or anything of its file that it uses?"""

from __future__ import annotations

import dis
import functools
import hashlib
import inspect
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from livegan.plugin.source import SET, is_own, text_digest

SIMPLE = (int, float, str, bytes, bool, type(None), complex)


_known: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""Of plugins, whose code is new objects when it is loaded anew: what a module counts or keeps while
it plays is no change of it."""


def digest_of(thing: Any) -> str:
    """A short hash of a function or class, with the functions, classes and constants it uses.

    Line numbers and names of files do not count, so moving a leaf leaves its digest alone.
    """
    lasting = getattr(thing, "__module__", SET) != SET
    try:
        known = _known.get(thing) if lasting else None
    except TypeError:  # it cannot be referred to weakly, or has no hash
        known, lasting = None, False
    if known is None:
        state = hashlib.sha256()
        _feed(thing, state, set())
        known = state.hexdigest()[:16]
        if lasting:
            _known[thing] = known
    return known


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
        if is_own(thing.__name__):
            state.update(text_digest(thing.__name__).encode())
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
    package = str(function.__globals__.get("__package__") or "")
    top = str(function.__module__).partition(".")[0]
    beside = getattr(builtins_of(function).get("__import__"), "package", "")
    for name in _imports(function.__code__, package):
        if name.partition(".")[0] == top or is_own(name):
            state.update(text_digest(name).encode(errors="surrogatepass"))
        elif beside:  # of the set's own __import__: what lies beside it
            state.update(text_digest(f"{beside}.{name}").encode(errors="surrogatepass"))


def builtins_of(function: Any) -> dict[str, Any]:
    """The built-ins that a function has: those of a set look for modules beside it."""
    found: dict[str, Any] = function.__builtins__
    return found


def _names(code: CodeType) -> list[str]:
    names = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names += _names(constant)
    return names


def _imports(code: CodeType, package: str) -> list[str]:
    """The modules that a function imports when it is called."""
    names: list[str] = []
    if code.co_names:
        constants: list[Any] = []
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_CONST", "LOAD_SMALL_INT"):
                constants.append(step.argval)
            elif step.opname == "IMPORT_NAME" and len(constants) > 1:
                level, above = constants[-2], package.split(".")
                start = ".".join(above[: len(above) - level + 1]) if level else ""
                names.append(".".join(filter(None, (start, step.argval))))
                names += [f"{names[-1]}.{word}" for word in constants[-1] or ()]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names += _imports(constant, package)
    return names


def _feed_code(code: CodeType, state: Any) -> None:
    state.update(code.co_code)
    state.update(repr((code.co_names, code.co_varnames)).encode())
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _feed_code(constant, state)
        else:
            state.update(repr(constant).encode())
