"""The modules that lie beside a set: they are the set's own, whatever else has their names.

``import random`` in a set takes the ``random.py`` beside it, as Python does for a script, while
everything else in the process keeps the standard module of that name. So modules beside a set are
loaded into a package of their own, one for each folder, and code of the set is given an
``__import__`` that looks there first, while it runs and later inside of leaves.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from livegan.graph.place import SetError
from livegan.patches.pyo_library import pyo_or_stand_in
from livegan.plugin.loading.finder import TextLoader
from livegan.plugin.source import BESIDE, file_digest

RESERVED = frozenset({"livegan"})
"""Names that are never looked for beside the set: the language itself."""


class BesideLoader(TextLoader):
    """Loads a module that lies beside a set; what it imports is looked for there, too."""

    def exec_module(self, module: ModuleType) -> None:
        package = module.__name__.partition(".")[0]
        module.__dict__["__builtins__"] = builtins_of(package)
        super().exec_module(module)


class BesideFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of the packages that stand for folders."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(BESIDE) or path is None:
            return None
        short = fullname.rpartition(".")[2]
        for folder in map(Path, path):
            package, module = folder / short / "__init__.py", folder / f"{short}.py"
            for file in (package, module):
                if file.is_file():
                    return importlib.util.spec_from_file_location(
                        fullname,
                        file,
                        loader=BesideLoader(fullname, str(file)),
                        submodule_search_locations=(
                            [str(folder / short)] if file is package else None
                        ),
                    )
        inside = [str(Path(p, short)) for p in path if Path(p, short).is_dir()]
        if not inside:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = inside
        return spec


FINDER = BesideFinder()


class Importing:
    """The ``__import__`` of a set, or of a module beside it.

    What it has given once it gives again: a program that plays keeps its modules while the next
    save loads newer ones.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self._given: dict[tuple[str, tuple[str, ...]], ModuleType] = {}

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Import as the statement does."""
        if level:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        asked = name, tuple(fromlist or ())
        if asked in self._given:
            return self._given[asked]
        top = name.partition(".")[0]
        if not self.has(top):
            if top == "pyo":
                need_names(fromlist or ())
                return pyo_or_stand_in()
            return builtins.__import__(name, globals, locals, fromlist or (), 0)
        found = builtins.__import__(f"{self.package}.{name}", {}, {}, tuple(fromlist or ("*",)), 0)
        self._given[asked] = found if fromlist else sys.modules[f"{self.package}.{top}"]
        return self._given[asked]

    def has(self, top: str) -> bool:
        """Whether a name is that of a module beside the set.

        A folder without ``__init__.py`` is one unless an installed module has its name, as in
        Python.
        """
        if top in RESERVED:
            return False
        folders = sys.modules[self.package].__path__
        for folder in folders:
            if Path(folder, f"{top}.py").is_file() or Path(folder, top, "__init__.py").is_file():
                return True
        if not any(Path(folder, top).is_dir() for folder in folders) or top in sys.modules:
            return False
        try:
            return importlib.util.find_spec(top) is None
        except (ImportError, ValueError):
            return False


def need_names(fromlist: Sequence[str]) -> None:
    """Refuse ``from pyo import *``.

    Raises
    ------
    SetError
        With what to write.
    """
    if "*" in fromlist:
        raise SetError(
            "from pyo import * hides the set's own time, among others; write import pyo, and "
            "pyo.Sine(...)"
        )


def package_of(folders: Sequence[Path]) -> str:
    """The name of the package of what lies in these folders; it is made if it is not there."""
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
    texts = [str(folder) for folder in folders]
    name = f"{BESIDE}{zlib.crc32(texts[0].encode(errors='surrogateescape')):08x}"
    module = sys.modules.setdefault(name, ModuleType(name))
    module.__path__ = texts
    return name


def builtins_of(package: str) -> dict[str, Any]:
    """Python's built-ins, with an ``__import__`` that looks beside the set first."""
    return {**vars(builtins), "__import__": Importing(package)}


def folders_of(path: Path) -> list[Path]:
    """Where the modules of a set lie: beside it; beside the file, too, that it is a link to."""
    try:
        return list(dict.fromkeys([path.parent, path.resolve().parent]))
    except (OSError, RuntimeError):  # the link goes round in a circle
        return [path.parent]


def loaded(path: Path) -> dict[Path, str]:
    """The modules beside a set that are loaded: file → hash of what it said then."""
    return {
        Path(str(module.__file__)): getattr(module, "livegan_digest", "")
        for module in modules(path).values()
        if getattr(module, "__file__", None)
    }


def modules(path: Path) -> dict[str, ModuleType]:
    """The modules beside a set that are loaded, by name."""
    inside = package_of(folders_of(path)) + "."
    return {name: m for name, m in list(sys.modules.items()) if name.startswith(inside)}


def forget_changed(path: Path) -> None:
    """Unload the modules beside a set if any changed, so that the next import reads them anew."""
    found = loaded(path)
    if any(file_digest(file) != known for file, known in found.items()):
        for name in modules(path):
            sys.modules.pop(name, None)
