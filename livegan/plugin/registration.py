"""Registration: what a plugin registers while its hooks are called, and what it may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

import pluggy

from livegan.plugin import hookspecs
from livegan.plugin.catalogue import Offer
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import (
    DeclarationError,
    Kind,
    Operation,
    Origin,
    declare,
    source_of,
)
from livegan.plugin.entry import Entry
from livegan.plugin.guard import Late

OPERATIONS: dict[str, Kind] = {
    "register_encoders": "encoder",
    "register_mixers": "mixer",
    "register_signals": "signal",
}
OFFERS = {
    "register_sources": "source",
    "register_generator_loaders": "loader",
    "register_outputs": "output",
    "register_commands": "command",
}
HOOKS = (*OPERATIONS, *OFFERS)


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
        """Import it."""
        self.module = self.entry.read()

    def hooks(self) -> None:
        """Call its hooks, and take the functions that are marked as in a set."""
        manager = pluggy.PluginManager("livegan")
        manager.add_hookspecs(hookspecs)
        manager.register(self.module, name=self.entry.value)
        refuse_unknown(manager)
        for hook in HOOKS:
            if hook in OPERATIONS:
                register: Any = partial(self.operation, OPERATIONS[hook])
            elif hook == "register_commands":
                register = self.command
            else:
                register = partial(self.offer, OFFERS[hook])
            given = {"app": App(self.command)} if hook == "register_commands" else {}
            getattr(manager.hook, hook)(register=register, **given)
        if isinstance(self.module, ModuleType):
            self.leaves(self.module)

    def leaves(self, module: ModuleType) -> None:
        """Functions marked with ``@encoder`` and the like, as in a set."""
        for value in list(vars(module).values()):
            operation = getattr(value, "livegan_operation", None)
            if isinstance(operation, Operation) and operation.make.__module__ == module.__name__:
                self.take(operation)

    def operation(
        self,
        kind: Kind,
        make: Callable[..., Any],
        name: str | None = None,
        aliases: tuple[str, ...] | list[str] = (),
    ) -> Any:
        """``register`` of encoders, mixers and signals."""
        made = getattr(make, "livegan_operation", None)
        make = made.make if isinstance(made, Operation) else make
        self.take(declare(kind, make, name=name, aliases=tuple(aliases)))
        return make

    def take(self, operation: Operation) -> None:
        """Take in one operation."""
        if self.over:
            raise Late("loading is over")
        for known in self.operations:
            if known.kind == operation.kind and known.make is operation.make:
                return
        names = {n for o in self.operations if o.kind == operation.kind for n in names_of(o)}
        for name in names_of(operation):
            if name in names:
                raise DeclarationError(f"it registers the {operation.kind} {name!r} twice")
        file, line = operation.origin.file, operation.origin.line
        origin = Origin(self.entry.package, self.entry.version, file, line)
        self.operations.append(replace(operation, origin=origin))
        self.provides.append(f"{operation.kind} {operation.name}")

    def offer(self, kind: str, name: str, make: Any, summary: str = "") -> Any:
        """``register`` of sources, loaders and outputs."""
        if self.over:
            raise Late("loading is over")
        if not isinstance(name, str) or not name or any(c in ": /\\" for c in name):
            raise DeclarationError(f"{name!r} is no name of a {kind}: use letters, digits and _")
        if kind == "output" and not name.isidentifier():
            raise DeclarationError(f"the output {name!r} cannot be written in show({name}=...)")
        if not callable(make):
            raise DeclarationError(
                f"the {kind} {name!r} is a {type(make).__name__}, not a function"
            )
        if any((o.kind, o.name) == (kind, name) for o in self.offers):
            raise DeclarationError(f"it registers the {kind} {name!r} twice")
        file, line = source_of(make)
        entry = self.entry
        self.offers.append(
            Offer(kind, name, make, summary, entry.package, entry.version, file, line, entry.value)
        )
        self.provides.append(f"{kind} {name}")
        return make

    def command(self, make: Any, name: str | None = None) -> Any:
        """``register`` of commands."""
        info = getattr(make, "info", None)  # of a typer.Typer
        said = getattr(info, "name", None) or getattr(make, "__name__", "")
        word = name or (said if isinstance(said, str) else "")
        summary = (getattr(make, "__doc__", None) or "").strip()
        if info is not None:
            told = getattr(info, "help", "")
            summary = told if isinstance(told, str) else ""
        first = summary.splitlines()[0] if summary else ""
        return self.offer("command", word.replace("_", "-"), make, first)


class App:
    """What ``register_commands(app)`` was given before there was ``register``."""

    def __init__(self, register: Callable[..., Any]) -> None:
        self._register = register

    def command(self, name: str | None = None, **settings: Any) -> Callable[..., Any]:
        """A decorator that registers a command."""
        return lambda function: self._register(function, name)

    def add_typer(self, app: Any, *, name: str | None = None, **settings: Any) -> None:
        """Register a group of commands."""
        self._register(app, name)


def names_of(operation: Operation) -> tuple[str, ...]:
    """Its name and aliases."""
    return (operation.name, *operation.aliases)


def refuse_unknown(manager: pluggy.PluginManager) -> None:
    """A hook that livegan does not have is a mistake in its name.

    Raises
    ------
    DeclarationError
        With the closest name, at the line of the function.
    """
    for name, caller in vars(manager.hook).items():
        if name.startswith("_") or caller.has_spec():
            continue
        for found in caller.get_hookimpls():
            if not found.optionalhook:
                file, line = source_of(found.function)
                reason = f"there is no hook {name!r}" + suggestion(name, HOOKS)
                raise DeclarationError(reason, f"{file}:{line}")
