"""Loading one plugin, under guard: what it offers, or what is wrong with it and whose fault it is.

Nothing that it does costs another plugin, or the show, more than the seconds stated here.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from livegan.plugin import hookspecs, source
from livegan.plugin.catalogue import Offer
from livegan.plugin.closest import suggestion
from livegan.plugin.deaths import Deadly, watched
from livegan.plugin.declare import (
    DeclarationError,
    Kind,
    Operation,
    Origin,
    declare,
    source_of,
)
from livegan.plugin.entry import Entry
from livegan.plugin.guard import Deprecations, Late, place_of, reason_of, within

IMPORT_S = 20.0
HOOKS_S = 2.0
MOST_FILES = 500
"""Files of a package that are looked at while it does not load."""
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


@dataclass(frozen=True)
class Problem:
    """A plugin, or one thing it offers, that could not be used, and why."""

    plugin: str
    version: str
    where: str
    """``file:line``, as near as it is known."""
    reason: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}plugin {f'{self.plugin} {self.version}'.strip()}: {self.reason}"


@dataclass(frozen=True)
class Plugin:
    """One plugin: where it came from, what it provides, how long it took to load."""

    name: str
    version: str
    file: str
    load_ms: float
    provides: tuple[str, ...]
    """``"encoder rose"``, ...: kind and name."""
    state: str = "loaded"
    """``"loaded"``, ``"partly loaded"`` or ``"refused"``."""
    reason: str = ""
    where: str = ""
    origin: str = "installed"
    """One of `livegan.plugin.entry.ORIGINS`."""
    warnings: tuple[str, ...] = ()
    """For its author: what it uses that will go, ``file:line: text``."""


@dataclass
class Record:
    """What became of one entry."""

    entry: Entry
    plugin: Plugin
    module: Any = None
    operations: list[Operation] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: dict[Path, str] = field(default_factory=dict)
    """Of a hot one: the files it was made from, and hashes of what they said."""
    before: dict[str, ModuleType] = field(default_factory=dict)
    """Its modules as they were before it was loaded, for :meth:`withdraw`."""

    def changed(self) -> bool:
        """Whether one of its files says something else by now."""
        return any(source.file_digest(f) != known for f, known in self.files.items())

    def withdraw(self) -> None:
        """Put the modules back that were there before it was loaded."""
        if self.entry.hot:
            source.forget([self.entry.module, *own_modules(self.entry)])
            sys.modules.update(self.before)


def load(entry: Entry) -> Record:
    """Load one plugin; never raises for what it does."""
    began = time.perf_counter()
    taking = Taking(entry)
    before: dict[str, ModuleType] = {}
    if entry.hot:
        names = [entry.module, *own_modules(entry)]
        before = {name: sys.modules[name] for name in names if name in sys.modules}
        source.forget(stale(entry))
    error: BaseException | None = None
    seen = Deprecations()
    try:
        if entry.origin == "built in":
            taking.read()
            taking.hooks()
        else:
            with watched(entry), seen:
                within(IMPORT_S, taking.read)
                within(HOOKS_S, taking.hooks)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as wrong:
        error = wrong
    taking.over = True
    file = str(getattr(taking.module, "__file__", None) or entry.value)
    warned = seen.of(lambda place: place.startswith(entry.near)) if entry.near else ()
    made = Plugin(
        entry.package,
        entry.version,
        file,
        (time.perf_counter() - began) * 1000,
        tuple(taking.provides),
        origin=entry.origin,
        warnings=warned,
    )
    record = Record(entry, made, taking.module, taking.operations, taking.offers, before=before)
    if error is not None:
        where, reason = place_of(error, file, entry.near), reason_of(error)
        if isinstance(error, Deadly):
            where, reason = file, str(error)
        if isinstance(error, Late):
            what = "its hooks are" if taking.module is not None else "its import is"
            reason = f"{what} {error.message}; do slow things in what it registers"
        state = "partly loaded" if taking.provides else "refused"
        record.plugin = replace(made, state=state, reason=reason, where=where)
        record.problems.append(Problem(entry.package, entry.version, where, reason))
    if entry.hot:
        record.files = files_of(entry, error is not None)
        stamp = source.digest_of_text("".join(sorted(record.files.values())).encode())
        record.offers = [replace(offer, stamp=stamp) for offer in record.offers]
        if record.plugin.state == "refused":
            record.withdraw()
    return record


class Taking:
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


# What is hot -----------------------------------------------------------------------------------


def own_modules(entry: Entry) -> list[str]:
    """The loaded modules that a hot plugin is made of."""
    if entry.origin == "editable":
        return source.modules_of(entry.top)
    return [name for name in source.closure([entry.module]) if name in sys.modules]


def stale(entry: Entry) -> list[str]:
    """Modules to read anew: of a package all of them if one changed; of a file what changed.

    The file itself is always read anew.
    """
    names = own_modules(entry)
    changed = [n for n in names if is_stale(n)]
    if entry.origin == "editable":
        return names if changed else []
    # What imports a changed helper holds on to the old one.
    helpers = [n for n in names if n != entry.module]
    return [entry.module, *(helpers if any(n in changed for n in helpers) else [])]


def is_stale(name: str) -> bool:
    """Whether a module's file says something else than what was loaded."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    known = getattr(module, "livegan_digest", None)
    return bool(file and known) and source.file_digest(Path(str(file))) != known


def files_of(entry: Entry, failed: bool) -> dict[Path, str]:
    """The files that a change of makes a plugin worth loading anew, with their hashes.

    One that failed to load may be mended by any file beside it, there or not.
    """
    found: dict[Path, str] = {}
    for name in {*own_modules(entry), *source.closure([entry.module])}:
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None) or source.file_of(name)
        if file is None or not str(file).endswith(".py"):
            continue
        path = Path(file)
        known = getattr(module, "livegan_digest", None)
        if module is not None and known is None and name != source.FOLDER:
            known = source.file_digest(path)  # imported before we knew of it
            module.livegan_digest = known  # type: ignore[attr-defined]
            source.OWN.add(name)
        found[path] = known or source.file_digest(path)
    others: list[Path] = []
    if entry.origin == "file":
        others = [Path(entry.value), *([Path(entry.value).parent] if failed else [])]
    elif failed and entry.near:
        place = Path(entry.near)
        others = [place, *(sorted(place.rglob("*.py"))[:MOST_FILES] if place.is_dir() else [])]
    for path in others:
        found.setdefault(path, source.file_digest(path))
    return found
