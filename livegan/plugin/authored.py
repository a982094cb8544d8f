"""What the author of a function or class wrote: its name, its docstring, and where it stands."""

from __future__ import annotations

import functools
import inspect
from dataclasses import is_dataclass
from keyword import iskeyword
from types import CodeType
from typing import Any


def unheard(function: Any) -> str:
    """Why nothing in a function would be run when it is called; empty if it would be."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.isclass(function):
        return ""
    name = asked(function, "__name__") or "it"
    if inspect.iscoroutinefunction(function):
        return f"{name} is async, so nothing in it is run: write def instead of async def"
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return f"{name} has a yield, so nothing in it is run: write return"
    return ""


def can_be_written(word: Any) -> bool:
    """Whether a set can call something so: two underscores in front are Python's own names."""
    return (
        isinstance(word, str)
        and word.isidentifier()
        and not iskeyword(word)
        and not word.startswith("__")
    )


def doc_of(make: Any) -> str:
    """What its author wrote of it; empty if that is only what Python wrote by itself."""
    if isinstance(make, functools.partial):
        own = make.__doc__ != functools.partial.__doc__
        return (inspect.getdoc(make) or "") if own else doc_of(make.func)
    doc = inspect.getdoc(make) or ""
    generated = inspect.isclass(make) and is_dataclass(make) and "\n" not in doc
    return "" if generated and doc.startswith(f"{make.__name__}(") and doc[-1] == ")" else doc


def asked(thing: Any, name: str) -> Any:
    """An attribute of anything at all; None if there is none, or if asking for it fails."""
    try:
        return getattr(thing, name, None)
    except Exception:
        return None


def source_of(make: Any) -> tuple[str, int]:
    """(file, line) where a function or class was written; ("?", 0) if unknown."""
    while isinstance(make, functools.partial):
        make = make.func
    code = asked(make, "__code__")
    if isinstance(code, CodeType):
        return code.co_filename, code.co_firstlineno
    # A class of a set that is being edited: its source cannot be looked up by file, only asked.
    members = asked(make, "__dict__") or {}
    found = [asked(member, "__code__") for member in list(members.values())]
    codes = [code for code in found if isinstance(code, CodeType)]
    if codes:
        first = min(codes, key=lambda c: c.co_firstlineno)
        return first.co_filename, first.co_firstlineno
    return "?", 0
