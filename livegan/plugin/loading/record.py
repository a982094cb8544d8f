"""The state of a plugin: what it provides, its problems, and its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from livegan.plugin import source
from livegan.plugin.catalogue import Offer
from livegan.plugin.declare import Operation
from livegan.plugin.loading.entry import Entry
from livegan.plugin.loading.modules import own_modules


@dataclass(frozen=True)
class Problem:
    """Why a plugin, or one thing that it offers, cannot be used."""

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
    """One plugin: its origin, what it provides, and how long it took to load."""

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
    """One of `livegan.plugin.loading.entry.ORIGINS`."""
    warnings: tuple[str, ...] = ()
    """Deprecation warnings for its author, ``file:line: text``."""


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

    def changed(self) -> list[Path]:
        """Its files that say something else by now."""
        return [f for f, known in self.files.items() if source.file_digest(f) != known]

    def withdraw(self) -> None:
        """Put the modules back that were there before it was loaded."""
        if self.entry.hot:
            made = [self.entry.module, *own_modules(self.entry)]
            source.forget(name for name in made if name not in self.before)
            source.restore(self.before)
