"""Declarations: what a plugin offers, as data.

An encoder, a mixer or a signal is a plain function or class.  Its signature is its declaration:

* arguments before ``*`` are inputs (``sound`` for an encoder, pictures for a mixer; one with the
  default ``None`` is optional, ``*pictures`` takes any number);
* keyword arguments whose default is :func:`param` can be played: every one accepts a signal;
* keyword arguments whose default is :func:`static` are fixed when the node is built: changing one
  builds the node anew;
* keyword arguments named in :data:`CONTEXT` are handed the state of the frame.

The same rows of data serve validation, documentation, control mapping and tests.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from keyword import iskeyword
from typing import Any, Literal

CONTEXT: dict[str, str] = {
    "now": "the moment of the frame: a `livegan.plugin.Now`",
    "size": "(height, width) in pixels that the set is played at",
    "rng": "a numpy random generator, seeded by the show, the node and the frame",
}
"""Keyword arguments an implementation may name to be given the state of the frame."""

Kind = Literal["encoder", "mixer", "signal"]


class DeclarationError(TypeError):
    """A plugin or leaf declares something that cannot be played.

    ``message`` says what, without ``place``, which is ``file:line`` or empty.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


@dataclass(frozen=True)
class Param:
    """One value of an operation: its default, range, unit and meaning.

    ``low`` and ``high`` are what a control is mapped to and what a value is limited to, both
    inclusive; ``None`` leaves that side open.  ``choices`` makes it one of several words.  A live
    parameter accepts a signal and changes without a rebuild; a static one is fixed at build time.
    """

    default: Any
    low: float | None = None
    high: float | None = None
    doc: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()
    live: bool = True
    name: str = ""

    @property
    def type(self) -> str:
        """``"choice"``, ``"flag"``, ``"integer"``, ``"number"`` or ``"text"``."""
        if self.choices:
            return "choice"
        if isinstance(self.default, bool):
            return "flag"
        if isinstance(self.default, int) and not self.live:
            return "integer"
        if isinstance(self.default, (int, float)):
            return "number"
        return "text"

    def limit(self, value: float) -> float:
        """``value`` held inside ``low``..``high``; not-a-number becomes the default."""
        if math.isnan(value):
            return float(self.default)
        if self.low is not None and value < self.low:
            return self.low
        if self.high is not None and value > self.high:
            return self.high
        return value


def param(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    doc: str = "",
    *,
    unit: str = "",
    choices: tuple[str, ...] | list[str] = (),
) -> Any:
    """Declare a value that can be played: ``sharp=param(4.0, 1, 16, "exponent")``.

    Parameters
    ----------
    default : a number, or one of ``choices``.
    low, high : inclusive range; signals are held inside it.
    doc : one line for the reference and for error messages.
    unit : ``"px"``, ``"s"``, ``"beats"``, ``"Hz"``, ... or empty.
    choices : allowed words, for a parameter that is not a number.
    """
    return Param(default, low, high, doc, unit, tuple(choices), live=True)


def static(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    doc: str = "",
    *,
    unit: str = "",
    choices: tuple[str, ...] | list[str] = (),
) -> Any:
    """Declare a value that is fixed when the node is built; arguments as for :func:`param`."""
    return Param(default, low, high, doc, unit, tuple(choices), live=False)


@dataclass(frozen=True)
class Origin:
    """Who declared an operation: for lists, and for blame."""

    package: str = "livegan"
    version: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        name = f"{self.package} {self.version}".strip()
        return f"{name} ({self.file}:{self.line})" if self.file else name


@dataclass(frozen=True)
class Input:
    """One positional input of an operation."""

    name: str
    optional: bool = False
    many: bool = False


@dataclass(frozen=True)
class Operation:
    """A row of the language: what it is called, what it takes, and who made it.

    ``make`` is the function itself, or a class.  A class is instantiated with its static
    parameters when the node is built; then an encoder's ``draw(sound, *, ...)`` or a mixer's
    ``mix(*pictures, ...)`` or a signal's ``value(...)`` is called every frame, and an encoder's
    ``feed(block)``, if it has one, is handed every hop of sound in order, a (480, 2) float32
    array, the last seconds replayed when it is built.
    """

    kind: Kind
    name: str
    make: Callable[..., Any]
    inputs: tuple[Input, ...]
    params: tuple[Param, ...]
    context: frozenset[str]
    doc: str
    aliases: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.doc.strip().splitlines()[0] if self.doc.strip() else ""

    @property
    def stateful(self) -> bool:
        """True for a class: its instances remember something between frames."""
        return inspect.isclass(self.make)

    @property
    def feeds(self) -> bool:
        """True for an encoder that must be handed every hop of sound."""
        return self.stateful and hasattr(self.make, "feed")

    def param(self, name: str) -> Param | None:
        """The parameter of that name, or None."""
        return next((p for p in self.params if p.name == name), None)


CALLED = {"encoder": "draw", "mixer": "mix", "signal": "value"}
"""The method of a class that is called every frame, by kind."""


def declare(
    kind: Kind,
    make: Callable[..., Any],
    *,
    name: str | None = None,
    aliases: tuple[str, ...] = (),
    origin: Origin | None = None,
) -> Operation:
    """Read the declaration off a function's or class's signature.

    Raises
    ------
    DeclarationError
        If the signature has something that the language cannot call; the message says where.
    """
    where = source_of(make)
    place = f"{where[0]}:{where[1]}" if where[1] else ""
    if not callable(make):
        raise DeclarationError(f"a function or class can be the {kind} of a plugin, not {make!r}")
    title = str(name or getattr(make, "__name__", ""))

    def wrong(text: str) -> DeclarationError:
        return DeclarationError(f"{kind} {title!r}: {text}", place)

    for word in (title, *aliases):
        if not isinstance(word, str) or not word.isidentifier() or iskeyword(word):
            raise wrong(f"{word!r} cannot be written in a set: use letters, digits and _")
    if origin is None:
        origin = Origin(file=where[0], line=where[1])

    params: list[Param] = []
    context: set[str] = set()
    inputs: list[Input] = []
    if inspect.isclass(make):
        frame = getattr(make, CALLED[kind], None)
        if frame is None:
            raise wrong(f"the class has no method {CALLED[kind]!r}")
        signatures = [(inspect.signature(make), True)]
        signatures.append((inspect.signature(frame), False))
    else:
        signatures = [(inspect.signature(make), False)]

    for signature, building in signatures:
        arguments = list(signature.parameters.values())
        if inspect.isclass(make) and not building:
            arguments = arguments[1:]  # self
        for argument in arguments:
            if isinstance(argument.default, Param):
                found = argument.default
                if inspect.isclass(make) and building == found.live:
                    fix = "static() belongs to __init__, param() to " + CALLED[kind]
                    raise wrong(f"argument {argument.name!r}: {fix}")
                fault = fault_of(found)
                if fault:
                    raise wrong(f"argument {argument.name!r}: {fault}")
                params.append(replace(found, name=argument.name))
            elif argument.kind is argument.KEYWORD_ONLY or (building and inspect.isclass(make)):
                if argument.name == "size" and kind == "signal":
                    raise wrong("a signal is a number and has no size")
                if argument.name in CONTEXT:
                    context.add(argument.name)
                elif argument.default is argument.empty:
                    names = ", ".join(sorted(CONTEXT))
                    raise wrong(
                        f"argument {argument.name!r} needs a default param(...) or static(...), "
                        f"or one of the names {names}"
                    )
            elif argument.kind is argument.VAR_POSITIONAL:
                inputs.append(Input(argument.name, optional=True, many=True))
            elif argument.kind is argument.VAR_KEYWORD:
                raise wrong("'**' arguments cannot be declared; name each one")
            else:
                optional = argument.default is not argument.empty
                inputs.append(Input(argument.name, optional=optional))
    if kind == "encoder" and len(inputs) != 1:
        raise wrong("an encoder takes one input, the sound: def name(sound, *, ...)")
    if kind == "mixer" and not inputs:
        raise wrong("a mixer takes at least one picture: def name(picture, *, ...)")
    return Operation(
        kind=kind,
        name=title,
        make=make,
        inputs=tuple(inputs),
        params=tuple(params),
        context=frozenset(context),
        doc=inspect.getdoc(make) or "",
        aliases=aliases,
        origin=origin,
    )


def fault_of(row: Param) -> str:
    """Why a parameter cannot be played; empty if it can."""
    low, high, default = row.low, row.high, row.default
    for side in (low, high):
        if side is not None and (not isinstance(side, (int, float)) or math.isnan(side)):
            return f"its range ends at {side!r}, which is no number"
    if low is not None and high is not None and low > high:
        return f"its range goes from {low:g} down to {high:g}; write the lower end first"
    if row.choices:
        if any(not isinstance(choice, str) for choice in row.choices):
            return "choices are words in quotes"
        if default not in row.choices:
            return f"its default {default!r} is none of its choices {', '.join(row.choices)}"
    elif isinstance(default, (int, float)):
        if not math.isfinite(default):
            return f"its default is {default!r}"
        if default != row.limit(default):
            return f"its default {default:g} is outside its range {low}..{high}"
    elif not isinstance(default, str) and default is not None:
        return f"its default is a {type(default).__name__}; use a number, a word, True or False"
    return ""


def source_of(make: Callable[..., Any]) -> tuple[str, int]:
    """(file, line) where a function or class was written; ("?", 0) if unknown."""
    code = getattr(make, "__code__", None)
    if code is not None:
        return code.co_filename, code.co_firstlineno
    # A class of a set that is being edited: its source cannot be looked up by file, only asked.
    members = getattr(make, "__dict__", {})
    codes = [f.__code__ for f in members.values() if hasattr(f, "__code__")]
    if codes:
        first = min(codes, key=lambda c: c.co_firstlineno)
        return first.co_filename, first.co_firstlineno
    return "?", 0
