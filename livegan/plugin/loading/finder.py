"""How code that is edited while it plays is found and loaded: from its text.

A cached ``.pyc`` is as old as the file's second, and saves are faster.
"""

from __future__ import annotations

import codecs
import importlib.machinery
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from livegan.plugin.source import FOLDER, OWN, data_of, digest_of_text, forget, text_digest


class NotText(ValueError):
    """A file that Python cannot read as text; ``message`` says why, ``place`` is ``file:line``."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(f"{place}: {message}")
        self.message = message
        self.place = place


class TextLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from its text, which leaves its hash as ``livegan_digest``.

    Those of plugin files leave as ``livegan_made`` that of all they were made of, too.
    """

    def exec_module(self, module: ModuleType) -> None:
        """Run the text that the file has now.

        Raises
        ------
        NotText
            If it is UTF-16, or damaged.
        """
        OWN.add(module.__name__)
        data = data_of(Path(self.path))
        module.livegan_digest = digest_of_text(data)  # type: ignore[attr-defined]
        module.livegan_text = data  # type: ignore[attr-defined]
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise NotText("it is saved as UTF-16: save it as UTF-8", f"{self.path}:1")
        if b"\0" in data:
            line = data[: data.index(b"\0")].count(b"\n") + 1
            reason = "it holds null bytes, as UTF-16 does, or a damaged file: save it as UTF-8"
            raise NotText(reason, f"{self.path}:{line}")
        code = self.source_to_code(data, self.path)
        exec(code, module.__dict__)
        if module.__name__.startswith(f"{FOLDER}."):
            module.livegan_made = text_digest(module.__name__)  # type: ignore[attr-defined]


class FolderLoader(importlib.machinery.SourceFileLoader):
    """Loads the package of the plugin files: no code, but ``importlib.resources`` finds files."""

    def __init__(self, folder: Path) -> None:
        super().__init__(FOLDER, str(folder / "__init__.py"))

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


class Finder:
    """Finds modules of the packages in ``tops``, and of the folder of plugin files, as text."""

    def __init__(self) -> None:
        self.tops: set[str] = set()
        self.folder: Path | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's, if it is ours and written in Python."""
        top = fullname.partition(".")[0]
        if top not in self.tops and top != FOLDER:
            return None
        if fullname == FOLDER and self.folder is not None:
            loader = FolderLoader(self.folder)
            spec = importlib.machinery.ModuleSpec(FOLDER, loader, is_package=True)
            spec.submodule_search_locations = [str(self.folder)]
            return spec
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            found = finder.find_spec(fullname, path, target)
            if found is not None:
                if isinstance(found.loader, importlib.machinery.SourceFileLoader) and found.origin:
                    found.loader = TextLoader(fullname, found.origin)
                return found
        return None


FINDER = Finder()


def look_for(tops: Iterable[str] = (), folder: Path | None = None) -> None:
    """From now on, read the packages ``tops`` and the plugin files of ``folder`` as text."""
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
    FINDER.tops.update(tops)
    if folder is not None and folder != FINDER.folder:
        FINDER.folder = folder
        sys.modules.pop(FOLDER, None)
        forget(name for name in sys.modules if name.startswith(f"{FOLDER}."))
