"""Code that is edited while it plays: its modules, and the texts of their files.

Each carries a hash of the text it came from, by which a change is known.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from livegan.files import need_file

SET = "livegan_set"
"""Name of the module that a set is."""
FOLDER = "livegan_plugins"
"""Name of the package that the plugin files of a working folder are modules of."""
BESIDE = "livegan_beside_"
"""What the names of the packages begin with whose modules lie beside a set."""
OWN: set[str] = set()
"""Names of modules that are read as text."""


def is_own(module: str | None) -> bool:
    """True for code of sets, their helpers, plugin files and editable packages."""
    name = module or ""
    return name.split(".")[0] in (SET, FOLDER) or name in OWN


def plain(text: str) -> str:
    """A text in which the modules that lie beside a set are called as the set calls them."""
    return re.sub(rf"\b{BESIDE}[0-9a-f]{{8}}\.", "", text) if BESIDE in text else text


def digest_of_text(data: bytes) -> str:
    """Hash of a file's content."""
    return hashlib.sha256(data).hexdigest()


INSTEAD: dict[Path, bytes] = {}
"""What files are to say, whatever they do: see :func:`instead`."""


@contextlib.contextmanager
def instead(texts: Mapping[Path, str]) -> Iterator[None]:
    """Inside, files are read as if they said this: texts of :func:`text_of`."""
    before = dict(INSTEAD)
    INSTEAD.update({f: text.encode(errors="surrogateescape") for f, text in texts.items()})
    try:
        yield
    finally:
        INSTEAD.clear()
        INSTEAD.update(before)


def data_of(path: Path) -> bytes:
    """What a file says."""
    if path in INSTEAD:
        return INSTEAD[path]
    need_file(path)  # a pipe would be read for ever
    return path.read_bytes()


def file_digest(path: Path) -> str:
    """Hash of a file's content, of a folder's Python files by name; empty if it cannot be read."""
    try:
        if path.is_dir():
            names = sorted(str(file) for file in path.rglob("*.py"))
            return digest_of_text("\0".join(names).encode(errors="surrogatepass"))
        return digest_of_text(data_of(path))
    except OSError:
        return ""


def forget(names: Iterable[str]) -> dict[str, ModuleType]:
    """Unload modules, so that the next import reads them anew; returns what was there.

    A package that stays must not hold on to them: ``from . import name`` asks it first.
    """
    gone = {name: sys.modules.pop(name) for name in list(names) if name in sys.modules}
    for name, module in gone.items():
        above, _, last = name.rpartition(".")
        package = sys.modules.get(above)
        if getattr(package, "__dict__", {}).get(last) is module:
            delattr(package, last)
    return gone


def restore(modules: Mapping[str, ModuleType]) -> None:
    """Put modules back that were unloaded, in the table and in packages that stayed."""
    sys.modules.update(modules)
    for name, module in modules.items():
        above, _, last = name.rpartition(".")
        if above in sys.modules and above not in modules:
            setattr(sys.modules[above], last, module)


def modules_of(top: str) -> list[str]:
    """The modules of a package that are loaded."""
    return [name for name in list(sys.modules) if name == top or name.startswith(f"{top}.")]


def file_of(name: str) -> Path | None:
    """The file of one of our modules, loaded or not; None if there is none."""
    loaded = sys.modules.get(name)
    file = getattr(loaded, "__file__", None)
    if file:
        return Path(file)
    above, _, last = name.rpartition(".")
    places = getattr(sys.modules.get(above), "__path__", None) if above else None
    for place in places or ():
        for found in (Path(place, last, "__init__.py"), Path(place, f"{last}.py")):
            if found.is_file():
                return found
    return None


def text_of(name: str) -> str | None:
    """What the file of a loaded module of ours said; of any encoding, no byte is lost."""
    data = getattr(sys.modules.get(name), "livegan_text", None)
    return data.decode(errors="surrogateescape") if isinstance(data, bytes) else None


def closure(names: Iterable[str]) -> dict[str, Path]:
    """Modules of ours, and those of ours that they import, anywhere in them: name → file."""
    found: dict[str, Path] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        file = file_of(name)
        if name in found or file is None:
            continue
        found[name] = file
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        try:
            data = data_of(file)
        except OSError:
            continue
        top = name.partition(".")[0]
        imported = imports_of(data, package)
        waiting += [n for n in imported if n.partition(".")[0] == top or n in OWN]
        if top.startswith(BESIDE):
            waiting += [f"{top}.{n}" for n in imported]
    return found


@functools.lru_cache(256)
def imports_of(data: bytes, package: str) -> tuple[str, ...]:
    """The names of modules, or of what is in them, that a module's text imports.

    It is read in the encoding that it says it has.
    """
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(dict.fromkeys(_imported(tree, package)))


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_packages(alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - max(0, node.level - 1)]
            parts = above if node.level else []
            parts = [*parts, *([node.module] if node.module else [])]
            name = ".".join(parts)
            yield from _with_packages(name)
            for alias in node.names:
                yield f"{name}.{alias.name}"


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count])


def text_digest(name: str) -> str:
    """Of what a module of ours is made of: its text as it was loaded, and that of its imports."""
    state = hashlib.sha256()
    for each, file in sorted(closure([name]).items()):
        loaded = getattr(sys.modules.get(each), "livegan_digest", None)
        state.update(f"{each}{loaded or file_digest(file)}".encode(errors="surrogatepass"))
    return state.hexdigest()
