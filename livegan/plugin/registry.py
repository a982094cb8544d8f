"""What plugins offer, gathered: built-in, installed, and from the working folder.

Each plugin is loaded alone and under guard: one that fails costs only itself, and the
:class:`Problem` says whose fault it is.  A name that two plugins claim belongs to neither; both
stay reachable as ``package:name``.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from livegan.plugin import hookspecs
from livegan.plugin.catalogue import Catalogue, Offer, clash
from livegan.plugin.catalogue import UnknownName as UnknownName
from livegan.plugin.declare import Kind, Operation, Origin, declare

BUILTIN = (
    "livegan.builtin.encoders",
    "livegan.builtin.mixers",
    "livegan.builtin.signals",
    "livegan.builtin.loaders",
    "livegan.builtin.sources",
    "livegan.builtin.outputs",
)
KINDS: tuple[Kind, ...] = ("encoder", "mixer", "signal")


@dataclass(frozen=True)
class Problem:
    """A plugin, or one thing it offers, that could not be used, and why."""

    plugin: str
    where: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}plugin {self.plugin}: {self.reason}"


@dataclass(frozen=True)
class Plugin:
    """One loaded plugin: where it came from, what it provides, how long it took to load."""

    name: str
    version: str
    file: str
    load_ms: float
    provides: tuple[str, ...]
    state: str = "loaded"
    reason: str = ""


@dataclass
class Registry(Catalogue):
    """The catalogue of every plugin that loads, and what became of the others."""

    plugins: list[Plugin] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    manager: pluggy.PluginManager = field(
        default_factory=lambda: pluggy.PluginManager("livegan"), repr=False
    )

    def load(self, folder: Path | None = None, *, installed: bool = True) -> Registry:
        """Load the built-in plugins, installed ones (entry points), and ``folder/*.py``."""
        self.manager.add_hookspecs(hookspecs)
        for name in BUILTIN:
            self._guarded(name, partial(importlib.import_module, name), "livegan", "")
        if installed:
            for entry in entry_points(group="livegan"):
                dist = entry.dist
                package = dist.name if dist else entry.name
                version = dist.version if dist else ""
                self._guarded(entry.value, entry.load, package, version)
        if folder is not None and folder.is_dir():
            for file in sorted(folder.glob("*.py")):
                if file.name.startswith(("_", ".")):
                    continue
                self._guarded(str(file), partial(module_of, file), file.stem, "")
        for kind in KINDS:
            for name in {n for k, n in self.operations if k == kind}:
                found = self.operations[kind, name]
                if len(found) > 1:
                    where = f"{found[-1].origin.file}:{found[-1].origin.line}"
                    reason = clash(kind, name, found)
                    self.problems.append(Problem(found[-1].origin.package, where, reason))
        return self

    def _guarded(self, where: str, load: Callable[[], Any], package: str, version: str) -> None:
        began = time.perf_counter()
        provides: list[str] = []
        file = where
        try:
            module = load()
            file = getattr(module, "__file__", None) or where
            self.manager.register(module, name=where)
            self._call_hooks(module, package, version, provides)
            self._take_leaves(module, package, version, provides)
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
                raise
            # A refusal of the language says it in its own words.
            reason = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
            reason = " ".join(reason.split()).rstrip(":")
            self.problems.append(Problem(package, place_of(error, file), reason))
            ms = (time.perf_counter() - began) * 1000
            state = "partly loaded" if provides else "refused"
            self.plugins.append(Plugin(package, version, file, ms, tuple(provides), state, reason))
            return
        ms = (time.perf_counter() - began) * 1000
        self.plugins.append(Plugin(package, version, file, ms, tuple(provides)))

    def _call_hooks(self, module: Any, package: str, version: str, provides: list[str]) -> None:
        def register_operation(kind: Kind) -> Callable[..., Any]:
            def register(
                make: Callable[..., Any],
                name: str | None = None,
                aliases: tuple[str, ...] | list[str] = (),
            ) -> Any:
                operation = declare(kind, make, name=name, aliases=tuple(aliases))
                origin = replace(operation.origin, package=package, version=version)
                self.add(replace(operation, origin=origin))
                provides.append(f"{kind} {operation.name}")
                return make

            return register

        def register_offer(kind: str) -> Callable[..., Any]:
            def register(name: str, make: Any, summary: str = "") -> Any:
                offer = Offer(name, make, summary, package)
                self.offers.setdefault((kind, name), []).append(offer)
                provides.append(f"{kind} {name}")
                return make

            return register

        registers: dict[str, Any] = {
            "register_encoders": register_operation("encoder"),
            "register_mixers": register_operation("mixer"),
            "register_signals": register_operation("signal"),
            "register_sources": register_offer("source"),
            "register_generator_loaders": register_offer("loader"),
            "register_outputs": register_offer("output"),
        }
        for hook, register in registers.items():
            for implementation in getattr(self.manager.hook, hook).get_hookimpls():
                if implementation.plugin is module:
                    names = implementation.argnames
                    implementation.function(*([register] if names else []))

    def _take_leaves(self, module: Any, package: str, version: str, provides: list[str]) -> None:
        """Functions that a plugin file decorates with ``@encoder`` and the like, as in a set."""
        for value in list(vars(module).values()) if isinstance(module, ModuleType) else []:
            operation = getattr(value, "livegan_operation", None)
            if isinstance(operation, Operation) and operation.make.__module__ == module.__name__:
                origin = Origin(package, version, operation.origin.file, operation.origin.line)
                self.add(replace(operation, origin=origin))
                provides.append(f"{operation.kind} {operation.name}")


def module_of(file: Path) -> ModuleType:
    """A fresh module from a plugin file of the working folder."""
    name = f"livegan_plugins.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # Compiled from the text: a cached .pyc is as old as the file's second, and saves are faster.
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), module.__dict__)
    return module


def place_of(error: BaseException, default: str) -> str:
    """file:line of the innermost frame of ``error`` outside livegan and the standard library."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    said = getattr(error, "place", None)  # of a refusal of the language
    if said is not None:
        return str(said)
    frames = traceback.extract_tb(error.__traceback__)
    own = str(Path(__file__).resolve().parent.parent)
    for frame in reversed(frames):
        if not frame.filename.startswith((own, "<frozen")) and "importlib" not in frame.filename:
            return f"{frame.filename}:{frame.lineno}"
    return default


_current: Registry | None = None


def current() -> Registry:
    """The registry in use: loaded from the built-in and installed plugins on first use."""
    global _current
    if _current is None:
        _current = Registry().load()
    return _current


def use(registry: Registry) -> None:
    """Make ``registry`` the one in use."""
    global _current
    _current = registry
