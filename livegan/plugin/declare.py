"""Declarations: what a plugin offers, as data.

An encoder, mixer or signal is a plain function or class.  Its signature is its declaration:

* Arguments before ``*`` are inputs.  The one called ``sound`` is the sound; the others are
  pictures.  All inputs of a patch are sounds.  An input with the default ``None`` is optional;
  ``*pictures`` takes any number.  An encoder or mixer without inputs draws from the moment alone.
* Keyword arguments whose default is :func:`param` can be played: each accepts a signal.  Those of
  ``feed`` are read at every hop of the sound, all others in every frame.
* Keyword arguments whose default is :func:`static` are fixed when the node is built.  Changing one
  rebuilds the node.
* Keyword arguments named in :data:`CONTEXT` receive the state of the frame.

Validation, documentation, control mapping and tests all use these declarations.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from livegan.plugin.authored import asked, can_be_written, doc_of, source_of, unheard
from livegan.plugin.inputs import BadInputs, with_kinds
from livegan.plugin.inputs import Input as Input
from livegan.plugin.parameter import Param as Param
from livegan.plugin.parameter import fault_of, plain, writable
from livegan.plugin.parameter import param as param
from livegan.plugin.parameter import static as static
from livegan.plugin.words import ARGUMENTS

CONTEXT: dict[str, str] = {
    "now": "the moment of the frame, a `livegan.plugin.Now`",
    "size": "(height, width) of the canvas in pixels",
    "rng": "a numpy random generator, seeded by the show, the node and the time",
    "note": "a function that shows the performer a line of text",
}
"""Keyword arguments an implementation may name to be given the state of the frame."""

Kind = Literal["encoder", "mixer", "signal", "patch"]


class DeclarationError(TypeError):
    """A declaration of a plugin or leaf is invalid.

    ``message`` is the reason, ``place`` is ``file:line`` or empty.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


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
class Operation:
    """An encoder, mixer, signal or patch as declared: its name, inputs, parameters and origin.

    ``make`` is the function or class.  livegan instantiates a class with its static parameters
    when it builds the node.  In every frame it then calls ``draw(sound, *, ...)`` of an encoder,
    ``mix(*pictures, ...)`` of a mixer or ``value(...)`` of a signal.  If the class takes the sound
    and has ``feed(block)``, livegan calls it with every hop of sound in order, a (480, 2) float32
    array.  A new object first receives the last seconds of sound.
    """

    kind: Kind
    name: str
    make: Callable[..., Any]
    inputs: tuple[Input, ...]
    params: tuple[Param, ...]
    context: frozenset[str]
    doc: str
    aliases: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    """Other files that it reads, such as a shader: livegan reloads it when one is saved."""
    stamp: str = ""
    """Of what those files said when it was loaded."""
    fed: frozenset[str] = frozenset()
    """The parameters of ``feed``: their values are read at every hop."""
    live: bool = False
    """It follows the outside world, so two frames of the same moment may differ."""
    origin: Origin = field(default_factory=Origin)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.doc.strip().splitlines()[0] if self.doc.strip() else ""

    @property
    def stateful(self) -> bool:
        """True for a class, because its objects can keep state between frames."""
        return inspect.isclass(self.make)

    @property
    def feeds(self) -> bool:
        """True for a class with ``feed`` that takes the sound: it receives every hop of it."""
        return self.stateful and self.listens and asked(self.make, "feed") is not None

    @property
    def listens(self) -> bool:
        """Whether one of its inputs is the sound."""
        return any(each.kind == "sound" for each in self.inputs)

    @property
    def pictures(self) -> tuple[Input, ...]:
        """Its inputs that are pictures."""
        return tuple(each for each in self.inputs if each.kind == "picture")

    def arguments(self, sound: Any, pictures: Iterable[Any] = ()) -> list[Any]:
        """The inputs of a call in order: the sound, and these pictures; None for those missing."""
        rest = list(pictures)
        given: list[Any] = []
        for each in self.inputs:
            if each.kind == "sound":
                given.append(sound)
            elif each.many:
                given += rest
            else:
                given.append(rest.pop(0) if rest else None)
        return given

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
    aliases: Sequence[str] = (),
    origin: Origin | None = None,
    live: bool = False,
) -> Operation:
    """Read the declaration from the signature of a function or class.

    Raises
    ------
    DeclarationError
        If a set could not call it; the message says where.
    """
    where = source_of(make)
    place = f"{where[0]}:{where[1]}" if where[1] else ""
    called = CALLED.get(kind, "")  # a patch is no class
    if kind == "patch" and inspect.isclass(make):
        raise DeclarationError(
            f"the patch {name or make.__name__!r} is a class: write a function that returns what "
            "pyo plays",
            place,
        )
    if not callable(make):
        what = type(make).__name__
        if asked(type(make), called) is not None:
            raise DeclarationError(f"register the class, not an instance of it: register({what})")
        raise DeclarationError(f"a function or class can be the {kind} of a plugin, not a {what}")
    title = str(name or asked(make, "__name__") or "")

    def wrong(text: str) -> DeclarationError:
        return DeclarationError(f"{kind} {title!r}: {text}", place)

    if isinstance(aliases, str):
        raise wrong(f"aliases={aliases!r} is no list of names; write aliases=({aliases!r},)")
    for word in (title, *aliases):
        if not can_be_written(word):
            change = "use letters, digits and _"
            if word == title and not name:
                change = 'give it one with name="..."'
            raise wrong(f"{word!r} cannot be written in a set: {change}")
    if origin is None:
        origin = Origin(file=where[0], line=where[1])

    params: list[Param] = []
    context: set[str] = set()
    inputs: list[Input] = []
    parts = [(make, False)]
    if inspect.isclass(make):
        frame = asked(make, called)
        if not callable(frame):
            raise wrong(f"the class has no method {called!r}")
        parts = [(make, True), (frame, False)]
    try:
        signatures = [(inspect.signature(part), building) for part, building in parts]
    except Exception:  # of what is written in C, or fails when it is asked
        raise wrong("its arguments cannot be read; write a function that calls it") from None

    for part, _ in parts:
        fault = unheard(part)
        if fault:
            raise wrong(fault)
    for signature, building in signatures:
        arguments = list(signature.parameters.values())
        if inspect.isclass(make) and not building:
            arguments = arguments[1:]  # self
        kinds = {argument.kind for argument in arguments}
        for argument in arguments:
            if isinstance(argument.default, Param):
                found = plain(argument.default)
                if inspect.isclass(make) and building == found.live:
                    fix = "static() belongs to __init__, param() to " + called
                    raise wrong(f"argument {argument.name!r}: {fix}")
                params.append(named(kind, argument, found, wrong))
            elif argument.kind is argument.KEYWORD_ONLY or (building and inspect.isclass(make)):
                if argument.name == "size" and kind == "signal":
                    raise wrong("a signal is a number and has no size")
                if argument.name in CONTEXT and kind == "patch" and argument.name != "rng":
                    raise wrong(
                        f"a patch is built once and has no {argument.name!r}; only rng is given"
                    )
                if argument.name in CONTEXT and building:
                    # Nothing is drawn yet; with a default of its own it is like any other value.
                    if argument.default is argument.empty:
                        raise wrong(f"{argument.name!r} belongs to {called}, not to __init__")
                elif argument.name in CONTEXT:
                    context.add(argument.name)
                elif argument.default is argument.empty:
                    given = ", ".join(sorted(CONTEXT))
                    raise wrong(
                        f"argument {argument.name!r} needs a default param(...) or static(...), "
                        f"or one of the names {given}"
                    )
            elif argument.kind is argument.VAR_POSITIONAL and argument.VAR_KEYWORD not in kinds:
                inputs.append(Input(argument.name, optional=True, many=True))
            elif argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
                fix = ""
                if argument.VAR_POSITIONAL in kinds:
                    fix = "; if a decorator made it so, it lacks @functools.wraps(function)"
                raise wrong("'**' arguments cannot be declared; name each one" + fix)
            else:
                optional = argument.default is not argument.empty
                if optional and argument.default is not None and kind != "signal":
                    raise wrong(
                        f"argument {argument.name!r}: an input has no value of its own. A value "
                        f"that a set can give is a parameter: {argument.name}=param("
                        f'{argument.default!r}, doc="what it does"), behind *'
                    )
                inputs.append(Input(argument.name, optional=optional))
    try:
        told = with_kinds(kind, inputs)
    except BadInputs as error:
        raise wrong(str(error)) from None
    fed: list[Param] = []
    feed = asked(make, "feed") if inspect.isclass(make) else None
    if kind == "encoder" and feed is not None and not told:
        raise wrong(f"feed is given the sound, so {called} takes it too: def {called}(self, sound)")
    if feed is not None and any(each.kind == "sound" for each in told):
        fed = params_of_feed(kind, feed, wrong)
    names = [*(each.name for each in inputs), *(each.name for each in (*params, *fed))]
    for again in (each for each in names if names.count(each) > 1):
        where_else = "feed" if any(each.name == again for each in fed) else "__init__"
        raise wrong(f"argument {again!r} is in {where_else} and in {called}; rename one")
    return Operation(
        kind=kind,
        name=title,
        make=make,
        inputs=told,
        params=(*params, *fed),
        context=frozenset(context),
        doc=writable(doc_of(make)),
        aliases=tuple(aliases),
        fed=frozenset(each.name for each in fed),
        live=live,
        origin=origin,
    )


Wrong = Callable[[str], DeclarationError]


def named(kind: Kind, argument: inspect.Parameter, found: Param, wrong: Wrong) -> Param:
    """The parameter of an argument, or the error ``wrong(text)``."""
    fault = fault_of(found)
    if kind == "patch" and found.live and found.type not in ("number", "flag", "vector"):
        fault = (
            f"pyo follows numbers only, so a {found.type} is fixed when the patch is built: "
            "write static(...)"
        )
    if kind == "patch" and argument.name == "heard":
        fault = "heard=True sends a patch to the room; call it something else"
    if argument.name in ARGUMENTS and (kind != "signal" or argument.name == "self"):
        fault = ARGUMENTS[argument.name] + "; call it something else"
    if argument.kind is argument.POSITIONAL_ONLY:
        fault = "it is given by its name; write it behind *, not before /"
    if fault:
        raise wrong(f"argument {argument.name!r}: {fault}")
    return replace(found, name=argument.name)


def declared(
    function: Callable[..., Any], params: Mapping[str, Any], *, name: str = "", doc: str = ""
) -> Callable[..., Any]:
    """``function`` with parameters that code computes, such as those in the header of a shader.

    Parameters
    ----------
    function : takes its inputs and ``**values``, the values of the parameters.
    params : :func:`param` or :func:`static` by name.
    name, doc : its name and docstring; the function's own if empty.

    The inputs, and the arguments of :data:`CONTEXT`, come from the function's own signature.
    """
    own = inspect.signature(function)
    kept = [p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD]
    rows = [
        inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY, default=row)
        for each, row in params.items()
    ]

    @functools.wraps(function)
    def made(*args: Any, **values: Any) -> Any:
        return function(*args, **values)

    made.__signature__ = own.replace(parameters=[*kept, *rows])  # type: ignore[attr-defined]
    if name:
        made.__name__ = made.__qualname__ = name
    if doc:
        made.__doc__ = doc
    return made


def params_of_feed(kind: Kind, feed: Any, wrong: Wrong) -> list[Param]:
    """The parameters of ``feed(self, block, *, name=param(...))``; errors by ``wrong(text)``."""
    fault = unheard(feed)
    if fault:
        raise wrong(fault)
    try:
        arguments = list(inspect.signature(feed).parameters.values())[1:]  # without self
    except (TypeError, ValueError):
        return []
    found: list[Param] = []
    blocks = []
    for argument in arguments:
        if not isinstance(argument.default, Param):
            blocks.append(argument)
            continue
        row = plain(argument.default)
        if not row.live:
            raise wrong(f"argument {argument.name!r} of feed: static() belongs to __init__")
        found.append(named(kind, argument, row, wrong))
    needed = [
        each.name
        for each in blocks
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    if len(needed) != 1 and not (not needed and blocks):
        raise wrong(
            "feed takes one block of sound and its parameters: "
            "def feed(self, block, *, name=param(...))"
        )
    return found
