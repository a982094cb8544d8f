"""Finding plugins: built in, installed, and as files of the working folder."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from livegan.plugin.declare import DeclarationError
from livegan.plugin.loading.finder import TextLoader, look_for
from livegan.plugin.source import FOLDER

GROUP = "livegan"
BUILTIN = (
    "livegan.builtin.encoders",
    "livegan.builtin.mixers",
    "livegan.builtin.signals",
    "livegan.builtin.backends",
    "livegan.builtin.loaders",
    "livegan.builtin.sources",
    "livegan.builtin.picture_sources",
    "livegan.builtin.outputs",
    "livegan.builtin.moves",
)
ORIGINS = ("built in", "installed", "editable", "file")


@dataclass(frozen=True)
class Entry:
    """One plugin as it is found: whose it is, and what is imported.

    ``value`` is ``module`` or ``module:object``, as in an entry point, or the path of a file.
    """

    value: str
    package: str
    version: str = ""
    origin: str = "installed"

    @property
    def module(self) -> str:
        """The name of its module."""
        if self.origin == "file":
            return f"{FOLDER}.{Path(self.value).stem}"
        return self.value.partition(":")[0].partition("[")[0].strip()

    @property
    def top(self) -> str:
        """The package that its modules are in."""
        return self.module.partition(".")[0]

    @property
    def hot(self) -> bool:
        """Whether it is loaded anew when one of its files is saved."""
        return self.origin in ("editable", "file")

    @property
    def near(self) -> str:
        """What the paths of its files begin with; empty if that is not known."""
        if self.origin == "file":
            return self.value
        found = sys.modules.get(self.top)
        file = getattr(found, "__file__", None)
        if file is None:
            try:
                spec = importlib.util.find_spec(self.top)
            except (ImportError, ValueError, AttributeError):
                return ""
            file = spec.origin if spec else None
        if not file:
            return ""
        path = Path(file)
        return str(path.parent if path.name == "__init__.py" else path)

    def read(self) -> Any:
        """Import it: the module or object that has the hooks."""
        if self.origin == "file":
            return module_of(Path(self.value))
        if self.origin == "editable":
            look_for([self.top])
        found: Any = importlib.import_module(self.module)
        for name in filter(None, self.value.partition(":")[2].split(".")):
            found = getattr(found, name)
        return found


def module_of(file: Path) -> ModuleType:
    """A fresh module from a plugin file; it can import its neighbours with ``from . import``.

    Raises
    ------
    DeclarationError
        If no module can be called that.
    """
    if "." in file.stem:
        better = file.stem.replace(".", "_")
        reason = f"a plugin's file has no dot in its name: rename it {better}.py"
        raise DeclarationError(reason, f"{file}:1")
    look_for(folder=file.parent)
    importlib.import_module(FOLDER)
    name = f"{FOLDER}.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file, loader=TextLoader(name, str(file)))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def entries(folder: Path | None = None, *, installed: bool = True) -> list[Entry]:
    """Every plugin there is, in the order in which they are loaded."""
    found = [Entry(name, "livegan", "", "built in") for name in BUILTIN]
    if installed:
        found += sorted(
            (entry_of(point) for point in entry_points(group=GROUP)), key=lambda e: e.package
        )
    return [*found, *files_in(folder)]


def files_in(folder: Path | None) -> list[Entry]:
    """The plugin files of a working folder's ``plugins``; ``_NAME.py`` are helpers of theirs."""
    if folder is None or not folder.is_dir():
        return []
    files = [f for f in sorted(folder.glob("*.py")) if not f.name.startswith(("_", "."))]
    return [Entry(str(f), f.stem, "", "file") for f in files if f.is_file()]


def entry_of(point: EntryPoint) -> Entry:
    """An installed plugin."""
    dist = point.dist
    if dist is None:
        return Entry(point.value, point.name)
    origin = "editable" if is_editable(dist) else "installed"
    return Entry(point.value, dist.name, dist.version, origin)


def is_editable(dist: Distribution) -> bool:
    """Whether a distribution is installed as the folder it is worked on in (PEP 610)."""
    try:
        told = json.loads(dist.read_text("direct_url.json") or "{}")
        return bool(told.get("dir_info", {}).get("editable"))
    except (ValueError, AttributeError, OSError):
        return False
