"""Registration: collecting and checking what the hooks of a plugin register."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from keyword import iskeyword
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pluggy

from livegan.plugin import hookspecs
from livegan.plugin.authored import asked, can_be_written, doc_of, source_of
from livegan.plugin.catalogue import OF_A_SET, OWN, Offer, canonical, spoken
from livegan.plugin.declare import (
    DeclarationError,
    Kind,
    Operation,
    Origin,
    declare,
)
from livegan.plugin.guard import Late
from livegan.plugin.hooks import (
    HOOKS,
    OFFERS,
    OPERATIONS,
    App,
    Register,
    misfit,
    refuse_unheard,
    refuse_unknown,
)
from livegan.plugin.loading.entry import Entry
from livegan.plugin.move import Move, checked_move
from livegan.plugin.parameter import writable
from livegan.plugin.source import digest_of_text, file_digest
from livegan.plugin.words import SHOWN


class Registration:
    """Takes what a plugin registers."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.module: Any = None
        self.operations: list[Operation] = []
        self.offers: list[Offer] = []
        self.provides: list[str] = []
        self.over = False
        """Set when loading has ended: what an interrupted hook still says is not heard."""

    def read(self) -> None:
        """Import it.

        Raises
        ------
        DeclarationError
            If it is called as livegan is: its names would pass for livegan's own.
        """
        entry = self.entry
        if canonical(entry.package) == OWN and entry.top != OWN:
            what = "file" if entry.origin == "file" else "package"
            place = entry.value if entry.origin == "file" else ""
            raise DeclarationError(f"a plugin cannot be called {OWN}; rename the {what}", place)
        self.module = entry.read()

    def hooks(self) -> None:
        """Call its hooks, and take the functions that are marked as in a set."""
        manager = pluggy.PluginManager("livegan")
        manager.add_hookspecs(hookspecs)
        try:
            manager.register(self.module, name=self.entry.value)
        except pluggy.PluginValidationError as error:
            raise misfit(self.module, error) from None
        refuse_unknown(manager)
        for hook in HOOKS:
            if hook in OPERATIONS:
                register: Any = partial(self.operation, OPERATIONS[hook])
            elif hook == "register_commands":
                register = self.command
            elif hook == "register_moves":
                register = self.move
            else:
                register = partial(self.offered, OFFERS[hook])
            given = {"app": App(self.command)} if hook == "register_commands" else {}
            caller = getattr(manager.hook, hook)
            before = len(self.provides)
            results = caller(register=Register(hook, register), **given)
            for result in results if len(self.provides) == before else ():
                refuse_unheard(hook, result, caller.get_hookimpls()[0].function)
        if isinstance(self.module, ModuleType):
            self.leaves(self.module)
            self.unmarked(self.module)
        elif not self.provides:
            module, _, attribute = self.entry.value.partition(":")
            raise DeclarationError(
                f"its entry point names {attribute!r} of {module}, which registers nothing: name "
                f'the module that has the hooks, "{module}", without a colon'
            )

    def leaves(self, module: ModuleType) -> None:
        """Functions marked with ``@encoder`` and the like, as in a set."""
        for value in list(vars(module).values()):
            operation = marked(value)
            if operation is not None and operation.make.__module__ == module.__name__:
                self.take(operation)

    def unmarked(self, module: ModuleType) -> None:
        """A function that has the name of a hook but no ``@hookimpl``: warns its author.

        Raises
        ------
        DeclarationError
            If the plugin offers nothing besides.
        """
        for hook in HOOKS:
            found = vars(module).get(hook)
            if not isinstance(found, FunctionType) or found.__module__ != module.__name__:
                continue
            if hasattr(found, "livegan_impl"):
                continue
            file, line = source_of(found)
            reason = f"{hook} is not called: write @hookimpl above it"
            if not self.provides:
                raise DeclarationError(reason, f"{file}:{line}")
            warnings.warn_explicit(reason, PendingDeprecationWarning, file, line)

    def operation(
        self,
        kind: Kind,
        make: Callable[..., Any],
        name: str | None = None,
        aliases: Sequence[str] = (),
        files: Sequence[str | Path] = (),
        live: bool = False,
    ) -> Any:
        """``register`` of encoders, mixers and signals."""
        made = marked(make)
        make = make if made is None else made.make
        declared = declare(kind, make, name=name, aliases=aliases, live=live)
        read = files_of(make, files)
        self.take(replace(declared, files=read, stamp=stamp_of(read)))
        return make

    def take(self, operation: Operation) -> None:
        """Take in one operation."""
        if self.over:
            raise Late("loading is over")
        for known in self.operations:
            if known.kind == operation.kind and known.make is operation.make:
                return
        kind = operation.kind
        alike = OF_A_SET if kind in OF_A_SET else (kind,)
        names = {n: o.kind for o in self.operations if o.kind in alike for n in names_of(o)}
        for name in names_of(operation):
            if names.get(name) == kind:
                raise DeclarationError(f"it registers the {kind} {name!r} twice")
            if name in names:
                raise DeclarationError(
                    f"it registers a {names[name]} and a {kind} {name!r}, but a set has one word "
                    "for both; rename one"
                )
        file, line = operation.origin.file, operation.origin.line
        origin = Origin(self.entry.package, self.entry.version, file, line)
        self.operations.append(replace(operation, origin=origin))
        self.provides.append(f"{operation.kind} {operation.name}")

    def offered(
        self,
        kind: str,
        make: Any,
        name: Any = None,
        summary: str = "",
        files: Sequence[str | Path] = (),
        example: str = "",
        check: Callable[[str], object] | None = None,
        takes: Callable[[str], Sequence[str]] | None = None,
    ) -> Any:
        """``register`` of sources, picture sources, loaders, backends, outputs and words."""
        if isinstance(make, str):  # the order of livegan 0.1
            make, name = name, make
            if self.entry.origin != "built in":
                reason = (
                    f"register({name!r}, ...) goes in livegan 1.0: write what is offered first, "
                    f"then its name: register(..., {name!r}, {summary!r})"
                )
                file, line = source_of(make)
                file = file if file != "?" else str(getattr(self.module, "__file__", ""))
                warnings.warn_explicit(reason, PendingDeprecationWarning, file, max(1, line))
        if name is None:
            name = asked(make, "__name__")
        if summary == "" and callable(make):
            summary = doc_of(make).strip().partition("\n")[0]
        return self.offer(kind, name, make, summary, files, example, check, takes)

    def move(
        self,
        make: Any,
        name: Any = None,
        summary: str = "",
        files: Sequence[str | Path] = (),
        *,
        bold: float = 0.3,
        when: Sequence[str] = ("section", "steady"),
        bars: float = 0.0,
    ) -> Any:
        """``register`` of moves of the autopilot."""
        said = asked(make, "__name__") if name is None else name
        try:
            made = checked_move(make, said, bold, when, bars)
        except ValueError as error:
            file, line = source_of(make)
            raise DeclarationError(str(error), f"{file}:{line}" if line else "") from None
        summary = summary or doc_of(make).strip().partition("\n")[0]
        return self.offer("move", said, make, summary, files, move=made)

    def offer(
        self,
        kind: str,
        name: str,
        make: Any,
        summary: str = "",
        files: Sequence[str | Path] = (),
        example: str = "",
        check: Callable[[str], object] | None = None,
        takes: Callable[[str], Sequence[str]] | None = None,
        move: Move | None = None,
    ) -> Any:
        """Take in what is called by its name, and not in a set."""
        if self.over:
            raise Late("loading is over")
        what = spoken(kind)
        letters = isinstance(name, str) and name.isprintable()
        if not letters or not name or any(c.isspace() or c in ":/\\" for c in name):
            raise DeclarationError(f"{name!r} is no name of a {what}: use letters, digits and _")
        if kind == "output" and (not name.isidentifier() or iskeyword(name) or name == SHOWN):
            raise DeclarationError(f"the output {name!r} cannot be written in show({name}=...)")
        if kind == "word" and not can_be_written(name):
            raise DeclarationError(f"the word {name!r} cannot be written in a set")
        if kind == "loader" and name.startswith("."):
            bare = name.lstrip(".")
            raise DeclarationError(f"the loader {name!r}: write it without the dot, {bare!r}")
        if not callable(make):
            raise DeclarationError(
                f"the {what} {name!r} is a {type(make).__name__}, not a function"
            )
        if not isinstance(summary, str):
            raise DeclarationError(
                f"the summary of the {what} {name!r} is a {type(summary).__name__}; say in a few "
                "words, in quotes, what it is"
            )
        if not isinstance(example, str):
            raise DeclarationError(
                f"the example of the {what} {name!r} is a {type(example).__name__}; write the "
                "argument in quotes, as a set does"
            )
        for word, function in (("check", check), ("takes", takes)):
            if function is not None and (kind != "output" or not callable(function)):
                raise DeclarationError(
                    f"the {what} {name!r}: {word}= is a function of an output's value; leave it out"
                )
        if any((o.kind, o.name) == (kind, name) for o in self.offers):
            raise DeclarationError(f"it registers the {what} {name!r} twice")
        file, line = source_of(make)
        entry = self.entry
        self.offers.append(
            Offer(
                kind,
                name,
                make,
                writable(summary),
                entry.package,
                entry.version,
                file,
                line,
                entry.value,
                files_of(make, files),
                example=example,
                check=check,
                takes=takes,
                move=move,
            )
        )
        self.provides.append(f"{kind} {name}")
        return make

    def command(self, make: Any, name: str | None = None) -> Any:
        """``register`` of commands."""
        info = asked(make, "info")  # of a typer.Typer
        said = name or asked(info, "name") or asked(make, "__name__")
        told = doc_of(make) if info is None else asked(info, "help")
        lines = told.strip().splitlines() if isinstance(told, str) else []
        word = said.replace("_", "-") if isinstance(said, str) else ""
        if not word or word == "<lambda>":
            raise DeclarationError('a command needs a name: register(..., name="...")')
        return self.offer("command", word, make, lines[0] if lines else "")


def files_of(make: Any, files: Any) -> tuple[Path, ...]:
    """Files that a plugin says it reads: as they are, or beside the module that has the code.

    Raises
    ------
    DeclarationError
        If one is not there.
    """
    if isinstance(files, (str, Path)):
        raise DeclarationError(f"files={str(files)!r} is no list: write files=({str(files)!r},)")
    file, line = source_of(make)
    found = []
    for each in files:
        path = Path(file).parent / each
        if not path.is_file():
            raise DeclarationError(f"files: there is no {path}", f"{file}:{line}")
        found.append(path)
    return tuple(found)


def stamp_of(files: Sequence[Path]) -> str:
    """Of what files say; empty without files."""
    return digest_of_text("".join(map(file_digest, files)).encode()) if files else ""


def names_of(thing: Operation | Offer) -> tuple[str, ...]:
    """Its name and aliases."""
    return (thing.name, *thing.aliases) if isinstance(thing, Operation) else (thing.name,)


def marked(value: Any) -> Operation | None:
    """What a function is, marked with ``@encoder`` and the like; asked for so that nothing runs."""
    try:
        found = inspect.getattr_static(value, "livegan_operation", None)
    except Exception:
        return None
    return found if isinstance(found, Operation) else None
